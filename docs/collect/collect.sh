#!/bin/sh
# What this node's kernel does with packets that are not its own, for Pod Route Check (guests: files).
#
#   sh collect.sh [NODE-NAME] > guests/NODE-NAME.txt
#
# Reads only, sends nothing, needs no root. Run it on the node itself, or in a pod with hostNetwork: true: in any other
# pod it would describe that pod. Needs ip of iproute2 4.18 or newer (busybox has no JSON). NODE-NAME is the name that
# `kubectl get nodes` shows; without it NODE_NAME and then the host's name are taken.

node="${1:-${NODE_NAME:-$(hostname)}}"

part() { # NAME COMMAND...
  part="$1"
  shift
  echo "#prc begin $part"
  "$@" 2>/dev/null
  status=$?
  # What came may not end in a newline.
  echo
  echo "#prc end $part $status"
}

settings() {
  for family in ipv4 ipv6; do
    for folder in "/proc/sys/net/$family/conf/"*; do
      for name in forwarding rp_filter arp_ignore proxy_arp; do
        if [ -r "$folder/$name" ]; then
          # Some shells read byte by byte, and the kernel has only one to give: they then call it the file's end.
          value=
          read -r value < "$folder/$name"
          echo "$family $name $value ${folder##*/}"
        fi
      done
    done
  done
}

echo "#prc guest 1"
echo "#prc node $node"
echo "#prc os linux"
echo "#prc at $(date -u +%Y-%m-%dT%H:%M:%SZ)"
part links ip -d -j addr show
part routes4 ip -j -4 route show table all
part routes6 ip -j -6 route show table all
part rules4 ip -j -4 rule show
part rules6 ip -j -6 rule show
part neighbours4 ip -s -j -4 neigh show
part neighbours6 ip -s -j -6 neigh show
part settings settings
echo "#prc done"
