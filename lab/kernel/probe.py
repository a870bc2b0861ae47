# Sends a packet from every address to every one of the other namespaces and says which arrived and which were answered.
# In: [{"node", "namespace": path, "addresses": [], "to": [addresses]?}]. Out: [{"from", "to", "arrived", "answered"}].
import ctypes, json, os, select, socket, sys, time

CLONE_NEWNET = 0x40000000
PORT = 9
ROUNDS = 3
PAUSE = 0.15
libc = ctypes.CDLL(None, use_errno=True)


def enter(path):
    handle = os.open(path, os.O_RDONLY)
    if libc.setns(handle, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns " + path)
    os.close(handle)


places = json.load(sys.stdin)
sockets = {}
for place in places:
    enter(place["namespace"])
    for address in place["addresses"]:
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind((address, PORT))
        one.setblocking(False)
        sockets[address] = one

pairs = [
    (a, b)
    for x in places
    for y in places
    if x is not y
    for a in x["addresses"]
    for b in y["addresses"]
    if "to" not in x or b in x["to"]
]
arrived, answered = set(), set()
owner = {one.fileno(): address for address, one in sockets.items()}


def listen(until):
    while True:
        left = until - time.monotonic()
        if left <= 0:
            return
        ready, _, _ = select.select(list(sockets.values()), [], [], left)
        for one in ready:
            try:
                text, sender = one.recvfrom(200)
            except OSError:
                continue
            here = owner[one.fileno()]
            kind, a, b = text.decode().split()
            if kind == "ask" and here == b and sender[0] == a:
                arrived.add((a, b))
                try:
                    one.sendto(("yes %s %s" % (a, b)).encode(), sender)
                except OSError:
                    pass
            if kind == "yes" and here == a:
                answered.add((a, b))


for _ in range(ROUNDS):
    for a, b in pairs:
        if (a, b) in answered:
            continue
        try:
            sockets[a].sendto(("ask %s %s" % (a, b)).encode(), (b, PORT))
        except OSError:
            pass
    listen(time.monotonic() + PAUSE)
    if len(answered) == len(pairs):
        break

json.dump(
    [{"from": a, "to": b, "arrived": (a, b) in arrived, "answered": (a, b) in answered} for a, b in pairs], sys.stdout
)
