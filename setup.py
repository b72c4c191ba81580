#!/usr/bin/env python

# --------------------------------------------------------------------------------------------
# Copyright (c) az vnet2vnet maintainers. All rights reserved.
# Licensed under the MIT License. See LICENSE in the project root for license information.
# --------------------------------------------------------------------------------------------

from pathlib import Path

from setuptools import find_packages, setup

VERSION = '1.0.0b1'

# Only what azure-cli-core does not bring along. The network client is one of these: azure-cli does not depend on it.
DEPENDENCIES = ['azure-mgmt-network~=33.1', 'jsonschema>=4.20,<5', 'rich>=13.7,<16']

CLASSIFIERS = [
    'Development Status :: 4 - Beta',
    'Environment :: Console',
    'Intended Audience :: Developers',
    'Intended Audience :: System Administrators',
    'Operating System :: OS Independent',
    'Programming Language :: Python :: 3',
    'Programming Language :: Python :: 3 :: Only',
    'Programming Language :: Python :: 3.10',
    'Programming Language :: Python :: 3.11',
    'Programming Language :: Python :: 3.12',
    'Programming Language :: Python :: 3.13',
    'Topic :: System :: Networking',
    'Topic :: System :: Systems Administration',
]

HERE = Path(__file__).parent
TEXTS = [HERE / name for name in ('README.md', 'HISTORY.rst')]

setup(
    name='vnet2vnet',
    version=VERSION,
    description='Joins two Azure virtual networks by a VNet-to-VNet VPN in one command, and keeps the pair healthy.',
    long_description='\n\n'.join(text.read_text(encoding='utf-8') for text in TEXTS),
    long_description_content_type='text/markdown',
    license='MIT',
    license_files=['LICENSE'],
    author='az vnet2vnet maintainers',
    classifiers=CLASSIFIERS,
    packages=find_packages(include=['azext_vnet2vnet', 'azext_vnet2vnet.*']),
    package_data={'azext_vnet2vnet': ['azext_metadata.json', 'topology_file/topology.schema.json']},
    python_requires='>=3.10',
    install_requires=DEPENDENCIES,
)
