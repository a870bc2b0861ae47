<#
.SYNOPSIS
What this Windows node's kernel does with packets that are not its own, for Pod Route Check (guests: files).

.DESCRIPTION
  powershell -ExecutionPolicy Bypass -File collect.ps1 NODE-NAME > guests\NODE-NAME.txt

Reads only, sends nothing. Runs in Windows PowerShell 5.1 and in PowerShell 7. Run it on the node itself, or in a
HostProcess container with hostNetwork: true. Adapters, addresses, routes and neighbours need no rights; the Host
Networking Service (Get-HnsNetwork, Get-HnsEndpoint) answers administrators only. What it refuses is told in the file,
and then nothing is said of this node's pods.

NODE-NAME is the name that `kubectl get nodes` shows; without it NODE_NAME and then the host's name are taken.
#>
param([string] $Node = $(if ($env:NODE_NAME) { $env:NODE_NAME } else { [System.Net.Dns]::GetHostName().ToLowerInvariant() }))

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try { [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false } catch { } # there may be no console

# Enumerations as words: ConvertTo-Json would write numbers in 5.1.
function Words([string[]] $names) {
  foreach ($name in $names) { @{ Name = $name; Expression = [scriptblock]::Create("`"`$(`$_.$name)`"") } }
}

function Part([string] $name, [scriptblock] $read) {
  "#prc begin $name"
  $status = 0
  try {
    $found = @(& $read)
    # -InputObject: a pipe would make an object of a list with one entry.
    ConvertTo-Json -InputObject $found -Depth 10 -Compress
  } catch {
    # Cmdlets call it an error when there is nothing to list.
    if ("$($_.FullyQualifiedErrorId)" -like 'CmdletizationQuery_NotFound*') { '[]' }
    else {
      $status = if ($_.Exception -is [System.Management.Automation.CommandNotFoundException]) { 127 } else { 1 }
    }
  }
  "#prc end $name $status"
}

function Routes([string] $family, [string] $store) {
  Get-NetRoute -AddressFamily $family -PolicyStore $store |
    Select-Object (@('ifIndex', 'InterfaceAlias', 'DestinationPrefix', 'NextHop', 'RouteMetric') + (Words 'Protocol'))
}

function Import-Hns {
  if (Get-Command Get-HnsNetwork -ErrorAction SilentlyContinue) { return }
  foreach ($module in 'HostNetworkingService', "$env:SystemDrive\k\hns.psm1", "$env:SystemDrive\hpc\hns.psm1") {
    Import-Module $module -DisableNameChecking -ErrorAction SilentlyContinue
    if (Get-Command Get-HnsNetwork -ErrorAction SilentlyContinue) { return }
  }
}

'#prc guest 1'
"#prc node $Node"
'#prc os windows'
"#prc at $([DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture))"
Part 'adapters' {
  Get-NetAdapter | Select-Object (@('ifIndex') + (Words 'Name', 'MacAddress', 'Status'))
}
Part 'interfaces' {
  Get-NetIPInterface | Select-Object (@('ifIndex', 'InterfaceAlias', 'InterfaceMetric') +
    (Words 'AddressFamily', 'Forwarding', 'WeakHostSend', 'WeakHostReceive', 'ConnectionState'))
}
Part 'addresses' {
  Get-NetIPAddress | Select-Object (@('ifIndex', 'InterfaceAlias', 'IPAddress', 'PrefixLength') + (Words 'AddressState'))
}
Part 'routes4' { Routes IPv4 ActiveStore }
Part 'routes6' { Routes IPv6 ActiveStore }
# What is here as well comes back after a restart.
Part 'stored-routes4' { Routes IPv4 PersistentStore }
Part 'stored-routes6' { Routes IPv6 PersistentStore }
Part 'neighbours' {
  Get-NetNeighbor | Select-Object (@('ifIndex', 'InterfaceAlias', 'IPAddress', 'LinkLayerAddress') + (Words 'State'))
}
Part 'hns-networks' {
  Import-Hns
  Get-HnsNetwork | Select-Object ID, Name, Type, ManagementIP,
    @{ Name = 'Subnets'; Expression = { @($_.Subnets | Select-Object AddressPrefix, GatewayAddress) } },
    @{ Name = 'Policies'; Expression = { @($_.Policies | Where-Object { $null -ne $_ }) } }
}
Part 'hns-endpoints' {
  Import-Hns
  Get-HnsEndpoint | Select-Object ID, Name, VirtualNetwork, VirtualNetworkName, IPAddress, PrefixLength, GatewayAddress,
    MacAddress, IsRemoteEndpoint, @{ Name = 'Policies'; Expression = { @($_.Policies | Where-Object { $null -ne $_ }) } }
}
'#prc done'
