"""The JSON Schema of a topology file says what the domain knows."""

from dataclasses import fields

from jsonschema import Draft202012Validator

from azext_vnet2vnet.network import skus, tunnel
from azext_vnet2vnet.network.setting_names import file_key
from azext_vnet2vnet.options.end_options import EndOptions
from azext_vnet2vnet.options.tunnel_options import TunnelOptions
from azext_vnet2vnet.topology_file.schema import load_schema

SCHEMA = load_schema()
PARTS = SCHEMA['$defs']


def keys_of(options, *others):
    return {file_key(one.name) for one in fields(options) if one.name not in others}


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA['$schema'] == 'https://json-schema.org/draft/2020-12/schema'


def test_skus_generations_and_asns_are_those_of_the_catalogue():
    assert set(PARTS['sku']['enum']) == {sku.name for sku in skus.SKUS.values()}
    assert PARTS['sku']['enum'][: len(skus.available_skus())] == list(skus.available_skus())
    assert PARTS['sku']['default'] == skus.DEFAULT_SKU
    assert PARTS['generation']['enum'] == list(skus.GENERATIONS)
    asn = PARTS['vnet']['properties']['asn']
    assert range(asn['minimum'], asn['maximum'] + 1) == skus.ASNS


def test_modes_policies_and_dpd_are_those_of_a_tunnel():
    assert PARTS['mode']['enum'] == list(tunnel.MODES)
    dpd = PARTS['dpdTimeout']
    assert range(dpd['minimum'], dpd['maximum'] + 1) == tunnel.DPD_SECONDS
    policy = {key: part.get('enum', part.get('minimum')) for key, part in PARTS['policy']['properties'].items()}
    assert policy == {
        'ikeEncryption': list(tunnel.IKE_ENCRYPTIONS),
        'ikeIntegrity': list(tunnel.IKE_INTEGRITIES),
        'dhGroup': list(tunnel.DH_GROUPS),
        'ipsecEncryption': list(tunnel.IPSEC_ENCRYPTIONS),
        'ipsecIntegrity': list(tunnel.IPSEC_INTEGRITIES),
        'pfsGroup': list(tunnel.PFS_GROUPS),
        'saLifetime': tunnel.SHORTEST_SA,
        'saMaxSize': tunnel.NO_SIZE_LIMIT,
    }
    assert PARTS['policy']['required'] == list(policy)


def test_keys_are_those_of_the_options():
    assert set(PARTS['vnet']['properties']) == keys_of(EndOptions, 'is_far', 'source', 'enable_bgp')
    assert set(SCHEMA['properties']['defaults']['properties']) <= set(PARTS['vnet']['properties'])
    settings_of_a_tunnel = {key.partition('.')[0] for key in keys_of(TunnelOptions, 'clear_policy', 'clear_selectors')}
    pair, hub, mesh = (set(PARTS[kind]['properties']) for kind in ('pair', 'hub', 'mesh'))
    assert pair == settings_of_a_tunnel | {'pair', 'names', 'key'}
    assert hub == settings_of_a_tunnel - {'trafficSelectors'} | {'hub', 'spokes'}
    assert mesh == settings_of_a_tunnel - {'trafficSelectors', 'mode'} | {'mesh'}


def test_every_key_has_a_title_or_description_for_editors_and_a_right_example():
    validator = Draft202012Validator(SCHEMA)
    for part in (SCHEMA, SCHEMA['properties']['defaults'], *PARTS.values()):
        for key, said in part.get('properties', {}).items():
            name = said.get('$ref', '').rpartition('/')[2]
            whole = {**PARTS.get(name, {}), **said}
            assert whole.get('title') or whole.get('description'), key
            for example in whole.get('examples', ()):
                own = validator.evolve(schema={**whole, '$defs': PARTS})
                assert own.is_valid(example), f'{key}: {example}'


def test_objects_take_no_unknown_keys():
    for part in (SCHEMA, *SCHEMA['properties'].values(), *PARTS.values()):
        assert 'object' not in part.get('type', ()) or 'additionalProperties' in part, part['title']
