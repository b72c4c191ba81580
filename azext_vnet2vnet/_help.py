"""Help texts and examples."""

from knack.help_files import helps

helps['vnet2vnet'] = """
type: group
short-summary: Connect virtual networks by VPN, and manage each pair of connections as one.
"""

helps['vnet2vnet create'] = """
type: command
short-summary: Connect two VNets by a VNet-to-VNet VPN, across regions, groups, subscriptions or tenants.
long-summary: >
    Creates what either end lacks (resource groups, VNets, GatewaySubnets, public IPs, VPN gateways) and the two
    connections with one shared key, and finishes when both halves report Connected. Existing resources are used as
    they are. A gateway takes up to 45 minutes; both are created in parallel. Running the same command again is
    always safe, and resumes an interrupted run. Everything that would fail later is refused before the first write.
examples:
  - name: Connect two existing VNets of one group.
    text: az vnet2vnet create -g MyGroup --vnet1 VNet1 --vnet2 VNet2
  - name: Preview the changes.
    text: az vnet2vnet create -g MyGroup --vnet1 VNet1 --vnet2 VNet2 --what-if
  - name: Create both ends from scratch, in two regions.
    text: >
        az vnet2vnet create
        --resource-group1 TestRG1 --vnet1 TestVNet1 --location1 eastus
        --address-prefixes1 10.11.0.0/16 10.12.0.0/16 --subnets1 FrontEnd=10.11.0.0/24 BackEnd=10.12.0.0/24
        --gateway-subnet1 10.12.255.0/27 --vnet-gateway1 VNet1GW --public-ips1 VNet1GWIP
        --resource-group2 TestRG4 --vnet2 TestVNet4 --location2 westus
        --address-prefixes2 10.41.0.0/16 10.42.0.0/16 --subnets2 FrontEnd=10.41.0.0/24 BackEnd=10.42.0.0/24
        --gateway-subnet2 10.42.255.0/27 --vnet-gateway2 VNet4GW --public-ips2 VNet4GWIP
        --sku VpnGw2AZ --vpn-gateway-generation Generation2 --tags purpose=test
  - name: Connect VNets of two subscriptions, with your own key from a file.
    text: >
        az vnet2vnet create --subscription1 "Subscription 1" --resource-group1 TestRG1 --vnet1 TestVNet1
        --subscription2 "Subscription 5" --resource-group2 TestRG5 --vnet2 TestVNet5
        --name VNet1toVNet5 --peer-name VNet5toVNet1 --shared-key "@key.txt"
  - name: Exchange routes by BGP over four tunnels.
    text: >
        az vnet2vnet create -g MyGroup --vnet1 VNet1 --vnet2 VNet2
        --enable-bgp --asn1 65010 --asn2 65020 --active-active --public-ips1 GW1IP1 GW1IP2 --public-ips2 GW2IP1 GW2IP2
  - name: Set an IPsec policy, dead peer detection, the initiator and traffic selectors on both halves.
    text: >
        az vnet2vnet create -g MyGroup --vnet1 VNet1 --vnet2 VNet2
        --ike-encryption AES256 --ike-integrity SHA384 --dh-group DHGroup24
        --ipsec-encryption GCMAES256 --ipsec-integrity GCMAES256 --pfs-group PFS24
        --sa-lifetime 27000 --sa-max-size 102400000 --dpd-timeout 45 --connection-mode InitiatorOnly
        --policy-based-selectors --traffic-selector local=10.11.0.0/16 remote=10.41.0.0/16
  - name: Write only end 1; another administrator writes end 2.
    text: >
        az vnet2vnet create --only-end 1 -g MyGroup --vnet1 VNet1 --vnet2 VNet2 --shared-key "@key.txt"
        --vnet-gateway2 /subscriptions/SUB2/resourceGroups/Theirs/providers/Microsoft.Network/virtualNetworkGateways/GW2
  - name: Hand the work over to Azure and return at once, as in Cloud Shell; the output says how to follow it.
    text: az vnet2vnet create -g MyGroup --vnet1 VNet1 --vnet2 VNet2 --no-wait
  - name: Connect VNets of two tenants that you are logged in to, by ID, without prompts and for at most an hour.
    text: >
        az vnet2vnet create --timeout 3600 --yes
        --vnet1 /subscriptions/SUB1/resourceGroups/TestRG1/providers/Microsoft.Network/virtualNetworks/TestVNet1
        --vnet2 /subscriptions/SUB5/resourceGroups/TestRG5/providers/Microsoft.Network/virtualNetworks/TestVNet5
"""

helps['vnet2vnet apply'] = """
type: command
short-summary: Create or change VNets and VPN connections to match a topology file.
long-summary: >
    Does for all pairs of the file, in parallel, what `az vnet2vnet create` does for one: creates what is missing,
    changes what differs, and finishes when all pairs report Connected. Settings that the file omits stay as they
    are, and applying the file again writes nothing. If one site fails, the others continue. Changes that drop a
    tunnel or delete something require confirmation. `az vnet2vnet export` writes a file of what exists
    (--format topology), and the schema with all keys (--format schema).
examples:
  - name: Apply a topology file.
    text: az vnet2vnet apply --file topology.yaml
  - name: Preview the changes.
    text: az vnet2vnet apply --file topology.yaml --what-if --output table
  - name: Also delete the pairs between the file's VNets that it no longer names, without a prompt.
    text: az vnet2vnet apply --file topology.yaml --prune --yes
  - name: Hand the work over to Azure and return at once; the output says how to follow it.
    text: az vnet2vnet apply --file topology.yaml --no-wait
  - name: Apply the output of another program, for at most an hour.
    text: az vnet2vnet apply --file - --timeout 3600
"""

helps['vnet2vnet export'] = """
type: command
short-summary: Write the existing network as a topology file, a diagram or a template.
long-summary: >
    Exports the pairs with a half in the current subscription, in a group, in all subscriptions of the login, or all
    that are reachable from a VNet. Applying an exported topology file at once changes nothing. A template refers to
    existing gateways and takes keys as secure parameters; a parameters file to fill in is written beside it.
examples:
  - name: Write the pairs of the current subscription as a topology file.
    text: az vnet2vnet export --format topology --file topology.yaml
  - name: Draw everything that is reachable from a VNet.
    text: az vnet2vnet export --format svg --vnet TestVNet1 -g TestRG1 --file network.svg
  - name: Draw all pairs of the login for a Markdown page.
    text: az vnet2vnet export --format mermaid --all-subscriptions
  - name: Write a template with the connections of a group, and a parameters file for its keys.
    text: az vnet2vnet export --format arm -g TestRG1 --file main.json
  - name: Write a template of the resources in a topology file that do not exist.
    text: az vnet2vnet export --format arm --topology topology.yaml --file main.json
  - name: Write the JSON Schema of topology files, with which an editor completes and validates them.
    text: az vnet2vnet export --format schema --file topology.schema.json
"""

helps['vnet2vnet list'] = """
type: command
short-summary: List the pairs of connected VNets, one row per pair, whoever created them.
long-summary: >
    Lists a pair if at least one of its halves is in the group or, without a group, in the current subscription. The
    status comes from the connections themselves. A half whose other half this login cannot read is listed as
    FarEndUnreadable, a half without another half as Half.
examples:
  - name: List the pairs of the current subscription.
    text: az vnet2vnet list --output table
  - name: List the pairs with a half in a group.
    text: az vnet2vnet list -g TestRG1 --output table
  - name: List the pairs of all subscriptions and tenants of the login that are not healthy.
    text: az vnet2vnet list --all-subscriptions --query "[?to_string(healthy)=='false'].[name, status]" --output tsv
"""

helps['vnet2vnet show'] = """
type: command
short-summary: Show both ends of a pair, found from either of its connections.
examples:
  - name: Show the pair that a connection belongs to.
    text: az vnet2vnet show -g TestRG1 -n VNet1toVNet4
  - name: Show the pair by the ID of a connection, as a table.
    text: >
        az vnet2vnet show --output table
        --ids /subscriptions/SUB1/resourceGroups/TestRG1/providers/Microsoft.Network/connections/VNet1toVNet4
  - name: Print the bytes that end 1 received.
    text: az vnet2vnet show -g TestRG1 -n VNet1toVNet4 --query end1.connection.ingressBytes
"""

helps['vnet2vnet verify'] = """
type: command
short-summary: Report whether a pair is healthy and, if not, every reason with its remedy.
long-summary: >
    Compares both halves (keys without showing them, IPsec policies, BGP, traffic selectors, modes), checks both
    gateways, VNets and GatewaySubnets, and asks the gateways for their IKE security associations and BGP peers,
    which takes about ten seconds. The result goes to standard output. The exit code is 4 if the pair is not
    healthy, and 1 if it, or one of several, could not be checked. Nothing is changed.
examples:
  - name: Find out why a pair is not connected.
    text: az vnet2vnet verify -g TestRG1 -n VNet1toVNet4 --output table
  - name: Print only the codes of the reasons.
    text: az vnet2vnet verify -g TestRG1 -n VNet1toVNet4 --query "reasons[].code" --output tsv
"""

helps['vnet2vnet wait'] = """
type: command
short-summary: Wait until a pair is connected, is deleted or matches a query, or until a deployment ends.
long-summary: >
    Fails when the timeout is over, and at once if Azure failed to create or change a half. Prints nothing.
examples:
  - name: Wait until both halves report Connected.
    text: az vnet2vnet wait -g TestRG1 -n VNet1toVNet4 --connected
  - name: Wait for at most ten minutes until both halves are gone, polling every ten seconds.
    text: az vnet2vnet wait -g TestRG1 -n VNet1toVNet4 --deleted --interval 10 --timeout 600
  - name: Wait for the deployment that --no-wait started, then until both halves report Connected.
    text: >
        az vnet2vnet wait -g TestRG1 -n TestVNet1ToTestVNet4
        --deployment /subscriptions/SUB1/resourceGroups/TestRG1/providers/Microsoft.Resources/deployments/DEPLOYMENT
  - name: Wait until both ends have received data.
    text: >
        az vnet2vnet wait -g TestRG1 -n VNet1toVNet4
        --custom 'end1.connection.ingressBytes > `0` && end2.connection.ingressBytes > `0`'
"""

helps['vnet2vnet update'] = """
type: command
short-summary: Change both halves of a pair, across tenants too, and repair halves that differ.
long-summary: >
    Settings that are not given stay as they are at the named connection; where the other half differs from it, its
    key included, the other half is changed to match. Without options the command does only that. All other
    properties of the connections stay. The command asks before it drops the tunnel, which tags alone do not do, and
    finishes when both halves report Connected again. Rights and locks of both ends are checked before the first
    write.
examples:
  - name: Set an IPsec policy on both halves.
    text: >
        az vnet2vnet update -g TestRG1 -n VNet1toVNet4
        --ike-encryption AES256 --ike-integrity SHA384 --dh-group DHGroup24
        --ipsec-encryption GCMAES256 --ipsec-integrity GCMAES256 --pfs-group PFS24
        --sa-lifetime 27000 --sa-max-size 102400000
  - name: Remove the IPsec policy and the traffic selectors.
    text: az vnet2vnet update -g TestRG1 -n VNet1toVNet4 --clear-policy --clear-selectors --policy-based-selectors false
  - name: Enable BGP on both connections, and on gateways where it is off.
    text: az vnet2vnet update -g TestRG1 -n VNet1toVNet4 --enable-bgp
  - name: Make end 1 the initiator, and detect a dead peer after 45 seconds.
    text: az vnet2vnet update -g TestRG1 -n VNet1toVNet4 --connection-mode InitiatorOnly --dpd-timeout 45 --yes
  - name: Allow only some address ranges to communicate.
    text: >
        az vnet2vnet update -g TestRG1 -n VNet1toVNet4 --policy-based-selectors
        --traffic-selector local=10.11.0.0/16 remote=10.41.0.0/16
  - name: Set the tags of both connections.
    text: az vnet2vnet update -g TestRG1 -n VNet1toVNet4 --tags owner=network purpose=test
  - name: Preview the repair of halves that differ.
    text: az vnet2vnet update -g TestRG1 -n VNet1toVNet4 --what-if
"""

helps['vnet2vnet rotate-key'] = """
type: command
short-summary: Set a new shared key on both halves of a pair at the same time.
long-summary: >
    Sets both keys in parallel, reads each back and compares them, and finishes when both halves report Connected
    again. secondsWithoutTunnel in the result is the time from the first write of this run until then, the longest
    that the run can have left the tunnel down; null if the halves do not report Connected within five minutes. The
    same command finishes an interrupted run. The key itself is never shown.
examples:
  - name: Generate a new key.
    text: az vnet2vnet rotate-key -g TestRG1 -n VNet1toVNet4
  - name: Set your own key, without a prompt.
    text: az vnet2vnet rotate-key -g TestRG1 -n VNet1toVNet4 --shared-key "@key.txt" --yes
"""

helps['vnet2vnet reset'] = """
type: command
short-summary: Reset both connections of a pair, or its gateways.
long-summary: >
    The tunnel drops and is established again. A gateway takes about 15 minutes, and all its tunnels can drop. The
    command finishes when both halves report Connected again, or after five more minutes with a warning.
examples:
  - name: Reset both connections.
    text: az vnet2vnet reset -g TestRG1 -n VNet1toVNet4
  - name: Reset both gateways, without a prompt.
    text: az vnet2vnet reset -g TestRG1 -n VNet1toVNet4 --gateway1 --gateway2 --yes
"""

helps['vnet2vnet delete'] = """
type: command
short-summary: Delete both connections of a pair and, on request, its gateways and their public IPs.
long-summary: >
    Rights and locks of both ends are checked before the first deletion, and the command finishes when everything is
    gone. A half that is already gone is no error; a pair with an end that cannot be read is not changed. --gateways
    is refused if another connection, point-to-site settings, a peering with gateway transit or a lock still needs
    one of the gateways; VNets and their subnets stay. Without its connections the pair no longer leads to the
    gateways: before the command starts, it prints the command that finishes a run which is interrupted at that
    point.
examples:
  - name: Delete both connections.
    text: az vnet2vnet delete -g TestRG1 -n VNet1toVNet4
  - name: Preview the deletion of the connections and the gateways.
    text: az vnet2vnet delete -g TestRG1 -n VNet1toVNet4 --gateways --what-if
  - name: Delete connections and gateways, without a prompt.
    text: az vnet2vnet delete -g TestRG1 -n VNet1toVNet4 --gateways --yes
"""
