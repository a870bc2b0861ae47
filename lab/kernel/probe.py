# Sends a packet from every address to every one of the other namespaces and says which arrived and which were answered.
# In: [{"node", "namespace": path, "addresses": [], "to": [addresses]?}]. Out: [{"from", "to", "arrived", "answered"}].
# Questions come from a port of their own: else what b asks a would look like the answer to what a asks b.
import ctypes, json, os, select, socket, sys, time

CLONE_NEWNET = 0x40000000
ASKS, ANSWERS = 1009, 9
ROUNDS = 3
PAUSE = 0.15
libc = ctypes.CDLL(None, use_errno=True)


def enter(path):
    handle = os.open(path, os.O_RDONLY)
    if libc.setns(handle, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns " + path)
    os.close(handle)


def bind(address, port):
    one = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    one.bind((address, port))
    one.setblocking(False)
    return one


places = json.load(sys.stdin)
asking, answering = {}, {}
for place in places:
    enter(place["namespace"])
    for address in place["addresses"]:
        asking[address] = bind(address, ASKS)
        answering[address] = bind(address, ANSWERS)

pairs = [
    (a, b)
    for x in places
    for y in places
    if x is not y
    for a in x["addresses"]
    for b in y["addresses"]
    if (":" in a) == (":" in b) and ("to" not in x or b in x["to"])
]
arrived, answered = set(), set()
asked_at = {one.fileno(): address for address, one in answering.items()}
answered_at = {one.fileno(): address for address, one in asking.items()}
every = list(asking.values()) + list(answering.values())


def listen(until):
    while True:
        left = until - time.monotonic()
        if left <= 0:
            return
        ready, _, _ = select.select(every, [], [], left)
        for one in ready:
            try:
                text, sender = one.recvfrom(200)
            except OSError:
                continue
            a, b = text.decode().split()
            if asked_at.get(one.fileno()) == b:
                arrived.add((a, b))
                try:
                    one.sendto(text, sender)
                except OSError:
                    pass
            # An answer from anybody else is none: whoever asked would not take it.
            elif answered_at.get(one.fileno()) == a and sender[:2] == (b, ANSWERS):
                answered.add((a, b))


for _ in range(ROUNDS):
    for a, b in pairs:
        if (a, b) in answered:
            continue
        try:
            asking[a].sendto(("%s %s" % (a, b)).encode(), (b, ANSWERS))
        except OSError:
            pass
    listen(time.monotonic() + PAUSE)
    if len(answered) == len(pairs):
        break

json.dump(
    [{"from": a, "to": b, "arrived": (a, b) in arrived, "answered": (a, b) in answered} for a, b in pairs], sys.stdout
)
