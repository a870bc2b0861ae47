#!/bin/sh
# What this node's kernel does with packets that are not its own, for Pod Route Check (guests: files).
#
#   sh collect.sh [NODE-NAME] > guests/NODE-NAME.txt
#
# Reads only, sends nothing. Run it as root, who alone may see the firewall, on the node itself or in a pod with
# hostNetwork: true: in any other pod it would describe that pod. Needs ip of iproute2 4.18 or newer (busybox has no
# JSON), and nft where the kernel has nf_tables. NODE-NAME is the name that `kubectl get nodes` shows; without it
# NODE_NAME and then the host's name are taken.

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
  bridge=/proc/sys/net/bridge/bridge-nf-call-iptables
  if [ -r "$bridge" ]; then echo "bridge call_iptables $(cat "$bridge") all"; fi
}

# iptables of the older kind, for ip or ip6: the kernel says whether any of its tables exist.
legacy() {
  names="/proc/net/${1}_tables_names"
  [ -e "$names" ] || return 0
  tables="$(cat "$names")" || return 1
  [ -n "$tables" ] || return 0
  for tool in "${1}tables-legacy-save" "${1}tables-save"; do
    command -v "$tool" > /dev/null || continue
    case "$("$tool" -V 2>&1)" in *nf_tables*) continue ;; esac
    "$tool"
    return
  done
  return 127
}

# What iptables keeps in nf_tables: it knows matches of its own that nft does not tell.
xtables() {
  for tool in "${1}tables-nft-save" "${1}tables-save"; do
    command -v "$tool" > /dev/null || continue
    case "$("$tool" -V 2>&1)" in *nf_tables*) "$tool" ; return ;; esac
  done
}

ruleset() {
  if command -v nft > /dev/null; then
    nft -j list ruleset
    return
  fi
  # Without the module there is nothing to list.
  builtin="/lib/modules/$(uname -r)/modules.builtin"
  [ -r /proc/modules ] && [ -r "$builtin" ] || return 127
  grep -q '^nf_tables ' /proc/modules && return 127
  grep -q '/nf_tables\.ko' "$builtin" && return 127
  echo '{"nftables": [{"metainfo": {"json_schema_version": 1}}]}'
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
part legacy4 legacy ip
part legacy6 legacy ip6
part xtables4 xtables ip
part xtables6 xtables ip6
part nft ruleset
echo "#prc done"
