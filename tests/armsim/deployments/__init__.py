"""Deployments of Resource Manager: templates whose resources are written by requests of their own."""
