"""Microsoft.Network: virtual networks, public IPs, virtual network gateways and connections."""
