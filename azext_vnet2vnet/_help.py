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
  - name: Leave the work to Azure and return at once, as in Cloud Shell; the output says how to follow it.
    text: az vnet2vnet create -g MyGroup --vnet1 VNet1 --vnet2 VNet2 --no-wait
  - name: Join VNets by their IDs, in two tenants that you are logged in to, without questions and for at most an hour.
    text: >
        az vnet2vnet create --timeout 3600 --yes
        --vnet1 /subscriptions/SUB1/resourceGroups/TestRG1/providers/Microsoft.Network/virtualNetworks/TestVNet1
        --vnet2 /subscriptions/SUB5/resourceGroups/TestRG5/providers/Microsoft.Network/virtualNetworks/TestVNet5
"""

helps['vnet2vnet apply'] = """
type: command
short-summary: Make a network of many VNets what a file says, as pairs, meshes, or hubs with spokes.
long-summary: >
    Does for all pairs of the file, side by side, what `az vnet2vnet create` does for one: creates what is missing,
    changes what differs, and ends when all report Connected. What exists is kept where the file does not say
    otherwise, and a file that is applied again writes nothing. Where one site fails, the rest goes on. What drops a
    tunnel or deletes asks first. The keys of a file are explained in docs/topology.md.
examples:
  - name: Make the network what the file says.
    text: az vnet2vnet apply --file topology.yaml
  - name: See what that would do.
    text: az vnet2vnet apply --file topology.yaml --what-if --output table
  - name: Delete the pairs between the file's VNets that it does not name any more, without a question.
    text: az vnet2vnet apply --file topology.yaml --prune --yes
  - name: Leave the work to Azure and return at once; the output says how to follow it.
    text: az vnet2vnet apply --file topology.yaml --no-wait
  - name: Apply what another program writes, for at most an hour.
    text: az vnet2vnet apply --file - --timeout 3600
"""

helps['vnet2vnet export'] = """
type: command
short-summary: Write the network that exists as a topology file, a picture, or a template.
long-summary: >
    Takes the pairs with a half in the current subscription, in a group, in all subscriptions of the login, or all that
    can be reached from a VNet. A topology file that is applied right away changes nothing. A template refers to
    gateways that exist, and takes keys as secure parameters: a file of those, to be filled in, is written beside it.
examples:
  - name: Write the pairs of the current subscription as a file for `az vnet2vnet apply`.
    text: az vnet2vnet export --format topology --file topology.yaml
  - name: Draw everything that can be reached from a VNet.
    text: az vnet2vnet export --format svg --vnet TestVNet1 -g TestRG1 --file network.svg
  - name: Draw all pairs of the login for a page in Markdown.
    text: az vnet2vnet export --format mermaid --all-subscriptions
  - name: Write a template with the connections of a group, and a file for its keys beside it.
    text: az vnet2vnet export --format arm -g TestRG1 --file main.json
  - name: Write a template of what a topology file names and does not exist.
    text: az vnet2vnet export --format arm --topology topology.yaml --file main.json
  - name: Write the JSON Schema of topology files, for an editor to complete and check them by.
    text: az vnet2vnet export --format schema --file topology.schema.json
"""

helps['vnet2vnet list'] = """
type: command
short-summary: List the pairs of VNets that are joined, one row a pair, whoever made it.
long-summary: >
    A pair is listed where at least one of its halves is in the group, or else in the current subscription. Its status
    comes from the connections themselves. A half whose other half this login cannot see is listed as
    FarEndUnreadable, one without another half as Half.
examples:
  - name: List the pairs of the current subscription.
    text: az vnet2vnet list --output table
  - name: List the pairs with a half in a group.
    text: az vnet2vnet list -g TestRG1 --output table
  - name: List the pairs of all subscriptions and tenants of the login that are not healthy.
    text: az vnet2vnet list --all-subscriptions --query "[?!healthy].[name, status]" --output tsv
"""

helps['vnet2vnet show'] = """
type: command
short-summary: Show both ends of a pair, found from either of its connections.
examples:
  - name: Show the pair that a connection belongs to.
    text: az vnet2vnet show -g TestRG1 -n VNet1toVNet4
  - name: Show it by the ID of the connection, as a table.
    text: >
        az vnet2vnet show --output table
        --ids /subscriptions/SUB1/resourceGroups/TestRG1/providers/Microsoft.Network/connections/VNet1toVNet4
  - name: Print the bytes that came in at end 1.
    text: az vnet2vnet show -g TestRG1 -n VNet1toVNet4 --query end1.connection.ingressBytes
"""

helps['vnet2vnet verify'] = """
type: command
short-summary: Tell whether a pair is healthy, and every reason why not, each with what to type.
long-summary: >
    Compares both halves (keys without showing them, IPsec policies, BGP, traffic selectors, modes), looks at both
    gateways, VNets and GatewaySubnets, and asks the gateways for their IKE security associations and BGP peers, which
    takes some ten seconds. The result goes to standard output; the exit code is 4 where the pair is not healthy, and 1
    where it, or one of several, could not be looked at. The codes of the reasons are explained in docs/verify.md.
    Nothing is changed.
examples:
  - name: Find out why a pair is not connected.
    text: az vnet2vnet verify -g TestRG1 -n VNet1toVNet4 --output table
  - name: Print only the codes of the reasons.
    text: az vnet2vnet verify -g TestRG1 -n VNet1toVNet4 --query reasons[].code --output tsv
"""

helps['vnet2vnet wait'] = """
type: command
short-summary: Wait until a pair is connected, deleted, or as a query says, or until a deployment is over.
long-summary: >
    Fails when the time is over, and at once where Azure has failed at a half. Prints nothing.
examples:
  - name: Wait until both halves report Connected.
    text: az vnet2vnet wait -g TestRG1 -n VNet1toVNet4 --connected
  - name: Wait for at most ten minutes, looking every ten seconds, until both halves are gone.
    text: az vnet2vnet wait -g TestRG1 -n VNet1toVNet4 --deleted --interval 10 --timeout 600
  - name: Wait for the deployment that --no-wait started, then until both halves report Connected.
    text: >
        az vnet2vnet wait -g TestRG1 -n TestVNet1ToTestVNet4
        --deployment /subscriptions/SUB1/resourceGroups/TestRG1/providers/Microsoft.Resources/deployments/DEPLOYMENT
  - name: Wait until bytes have come in at both ends.
    text: >
        az vnet2vnet wait -g TestRG1 -n VNet1toVNet4
        --custom "end1.connection.ingressBytes>`0` && end2.connection.ingressBytes>`0`"
"""

helps['vnet2vnet update'] = """
type: command
short-summary: Change both halves of a pair, also across tenants, and make halves alike that differ.
long-summary: >
    What is not typed stays as it is at the named connection; where the other half differs from it, in its key too,
    it is made like it. Without any option the command only does that. Everything else of the connections stays.
    The command asks before it drops the tunnel, which tags alone do not, and ends when both halves report Connected
    again. Rights and locks of both ends are checked before the first write.
examples:
  - name: Set an IPsec policy on both halves.
    text: >
        az vnet2vnet update -g TestRG1 -n VNet1toVNet4
        --ike-encryption AES256 --ike-integrity SHA384 --dh-group DHGroup24
        --ipsec-encryption GCMAES256 --ipsec-integrity GCMAES256 --pfs-group PFS24
        --sa-lifetime 27000 --sa-max-size 102400000
  - name: Take the IPsec policy and the traffic selectors away again.
    text: az vnet2vnet update -g TestRG1 -n VNet1toVNet4 --clear-policy --clear-selectors --policy-based-selectors false
  - name: Switch BGP on at both connections, and at both gateways where it is off.
    text: az vnet2vnet update -g TestRG1 -n VNet1toVNet4 --enable-bgp
  - name: Have end 1 set up the tunnel, and notice a silent peer after 45 seconds.
    text: az vnet2vnet update -g TestRG1 -n VNet1toVNet4 --connection-mode InitiatorOnly --dpd-timeout 45 --yes
  - name: Let only some ranges talk to each other.
    text: >
        az vnet2vnet update -g TestRG1 -n VNet1toVNet4 --traffic-selector local=10.11.0.0/16 remote=10.41.0.0/16
  - name: Set the tags of both connections.
    text: az vnet2vnet update -g TestRG1 -n VNet1toVNet4 --tags owner=network purpose=test
  - name: See what would make two halves alike that differ.
    text: az vnet2vnet update -g TestRG1 -n VNet1toVNet4 --what-if
"""

helps['vnet2vnet rotate-key'] = """
type: command
short-summary: Give both halves of a pair a new shared key at once.
long-summary: >
    Both keys are set side by side, each is read back and compared, and the command ends when both halves report
    Connected again. The result tells in secondsWithoutTunnel how long that took from the first write of this run: it
    left the tunnel down for that time at most; null where the halves do not report Connected within five minutes.
    A run that died half way is finished by the same command. The key itself is never shown.
examples:
  - name: Generate a new key.
    text: az vnet2vnet rotate-key -g TestRG1 -n VNet1toVNet4
  - name: Set a key of your own, without a question.
    text: az vnet2vnet rotate-key -g TestRG1 -n VNet1toVNet4 --shared-key @key.txt --yes
"""

helps['vnet2vnet reset'] = """
type: command
short-summary: Reset both connections of a pair, or its gateways.
long-summary: >
    The tunnel drops and is set up anew. A gateway takes about a quarter of an hour, and all its tunnels can drop. The
    command ends when both halves report Connected again, or after 5 further minutes with a warning.
examples:
  - name: Reset both connections.
    text: az vnet2vnet reset -g TestRG1 -n VNet1toVNet4
  - name: Reset both gateways, without a question.
    text: az vnet2vnet reset -g TestRG1 -n VNet1toVNet4 --gateway1 --gateway2 --yes
"""

helps['vnet2vnet delete'] = """
type: command
short-summary: Delete both connections of a pair, and its gateways and their public IPs if asked.
long-summary: >
    Rights and locks of both ends are checked before the first deletion, and the command ends when everything is gone.
    A half that is already gone is fine; a pair of which one end cannot be seen is left alone. With --gateways the
    command refuses where another connection, point-to-site settings, a peering that lends the gateway to another VNet
    or a lock still need one of them; VNets and their subnets stay. Once both connections are gone they do not lead to
    the gateways any more: the command says before it begins what finishes a run that was cut off then.
examples:
  - name: Delete both connections.
    text: az vnet2vnet delete -g TestRG1 -n VNet1toVNet4
  - name: See what deleting the gateways too would delete.
    text: az vnet2vnet delete -g TestRG1 -n VNet1toVNet4 --gateways --what-if
  - name: Delete all of it without a question.
    text: az vnet2vnet delete -g TestRG1 -n VNet1toVNet4 --gateways --yes
"""
