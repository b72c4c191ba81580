"""Help texts and examples."""
from knack.help_files import helps

helps['vnet2vnet'] = """
type: group
short-summary: Join virtual networks by VPN, and look after each pair of connections as one thing.
"""

helps['vnet2vnet create'] = """
type: command
short-summary: Join two VNets by a VNet-to-VNet VPN, in any two regions, groups, subscriptions or tenants.
long-summary: >
    Creates what is missing of both ends (groups, VNets, GatewaySubnets, public IPs, VPN gateways) and the two
    connections with one shared key, and ends when both halves report Connected. What exists is used as it is.
    Gateways take up to 45 minutes; both are made at once. Running the same command again is always safe, and is how
    an interrupted run goes on. Everything that would fail later is refused before the first write.
examples:
  - name: Join two existing VNets of one group.
    text: az vnet2vnet create -g MyGroup --vnet1 VNet1 --vnet2 VNet2
  - name: See what that would do.
    text: az vnet2vnet create -g MyGroup --vnet1 VNet1 --vnet2 VNet2 --what-if
  - name: Build both ends from nothing, in two regions.
    text: >
        az vnet2vnet create
        --resource-group1 TestRG1 --vnet1 TestVNet1 --location1 eastus
        --address-prefixes1 10.11.0.0/16 10.12.0.0/16 --subnets1 FrontEnd=10.11.0.0/24 BackEnd=10.12.0.0/24
        --gateway-subnet1 10.12.255.0/27 --vnet-gateway1 VNet1GW --public-ips1 VNet1GWIP
        --resource-group2 TestRG4 --vnet2 TestVNet4 --location2 westus
        --address-prefixes2 10.41.0.0/16 10.42.0.0/16 --subnets2 FrontEnd=10.41.0.0/24 BackEnd=10.42.0.0/24
        --gateway-subnet2 10.42.255.0/27 --vnet-gateway2 VNet4GW --public-ips2 VNet4GWIP
        --sku VpnGw2AZ --vpn-gateway-generation Generation2 --tags purpose=test
  - name: Join VNets of two subscriptions, with a key of your own that is read from a file.
    text: >
        az vnet2vnet create --subscription1 "Subscription 1" --resource-group1 TestRG1 --vnet1 TestVNet1
        --subscription2 "Subscription 5" --resource-group2 TestRG5 --vnet2 TestVNet5
        --name VNet1toVNet5 --peer-name VNet5toVNet1 --shared-key @key.txt
  - name: Exchange routes by BGP over four tunnels.
    text: >
        az vnet2vnet create -g MyGroup --vnet1 VNet1 --vnet2 VNet2
        --enable-bgp --asn1 65010 --asn2 65020 --active-active --public-ips1 GW1IP1 GW1IP2 --public-ips2 GW2IP1 GW2IP2
  - name: Set an IPsec policy, dead peer detection, who initiates, and traffic selectors, on both halves.
    text: >
        az vnet2vnet create -g MyGroup --vnet1 VNet1 --vnet2 VNet2
        --ike-encryption AES256 --ike-integrity SHA384 --dh-group DHGroup24
        --ipsec-encryption GCMAES256 --ipsec-integrity GCMAES256 --pfs-group PFS24
        --sa-lifetime 27000 --sa-max-size 102400000 --dpd-timeout 45 --connection-mode InitiatorOnly
        --policy-based-selectors --traffic-selector local=10.11.0.0/16 remote=10.41.0.0/16
  - name: Write end 1 only, where another administrator writes end 2.
    text: >
        az vnet2vnet create --only-end 1 -g MyGroup --vnet1 VNet1 --vnet2 VNet2 --shared-key @key.txt
        --vnet-gateway2 /subscriptions/SUB2/resourceGroups/Theirs/providers/Microsoft.Network/virtualNetworkGateways/GW2
  - name: Join VNets by their IDs, in two tenants that you are logged in to, without questions and for at most an hour.
    text: >
        az vnet2vnet create --timeout 3600 --yes
        --vnet1 /subscriptions/SUB1/resourceGroups/TestRG1/providers/Microsoft.Network/virtualNetworks/TestVNet1
        --vnet2 /subscriptions/SUB5/resourceGroups/TestRG5/providers/Microsoft.Network/virtualNetworks/TestVNet5
"""
