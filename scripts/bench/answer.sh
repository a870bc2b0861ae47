#!/bin/bash
# A good answer without Pod Route Check: which running nodes lack a route in which table, have one that leads elsewhere, or
# have the source/destination check on. Three lists, joined by jq; all of it after a glance at which VPC it is.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
kubectl get nodes -o json >"$folder/nodes.json" &
aws ec2 describe-instances --filters "Name=vpc-id,Values=$1" --output json >"$folder/instances.json" &
aws ec2 describe-route-tables --filters "Name=vpc-id,Values=$1" --output json >"$folder/tables.json" &
wait %1 && wait %2 && wait %3
jq -n -r --slurpfile nodes "$folder/nodes.json" --slurpfile instances "$folder/instances.json" \
  --slurpfile tables "$folder/tables.json" '
  ($instances[0].Reservations | [.[].Instances[].NetworkInterfaces[] | {key: .NetworkInterfaceId, value: .}] | from_entries) as $faces |
  ($instances[0].Reservations | [.[].Instances[] | {key: .InstanceId, value: .}] | from_entries) as $machines |
  [$tables[0].RouteTables[] | select(any(.Associations[]?; .SubnetId != null)) |
    {id: .RouteTableId, routes: ([.Routes[] | select(.DestinationCidrBlock != null) | {key: .DestinationCidrBlock, value: .}] | from_entries)}] as $tables |
  $nodes[0].items[] | .metadata.name as $name | .spec.podCIDR as $range |
  ($machines[(.spec.providerID // "" | split("/") | last)]) as $machine |
  if $machine == null then "\($name): no instance" else
    ($machine.NetworkInterfaces[] | select(.SourceDestCheck and .Attachment.DeviceIndex == 0) | "\($name): check on at \(.NetworkInterfaceId)"),
    ($tables[] | .id as $id | .routes[$range] as $route |
      if $route == null then "\($name): \($range) missing in \($id)"
      elif $route.InstanceId != $machine.InstanceId then "\($name): \($range) in \($id) leads to \($route.NetworkInterfaceId)"
      else empty end)
  end'
