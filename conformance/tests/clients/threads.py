"""Eight threads that sign, encrypt, find and make keys, while one of two HSMs is killed: `threads.py MODULE PIN`.

Says `running`, waits for a line that says that an HSM was killed, and prints how many calls there were before and
after, and how many failed."""

import sys
import threading
import time

from start import ck, module, user

session = user()
aes = session.aes(TOKEN=True, LABEL="shared")
public, private = session.p256(TOKEN=True)
iv = bytes(16)
counts = [[0, 0] for _ in range(8)]
failures = []
killed, enough = threading.Event(), threading.Event()


def work(number):
    mine = module.session()
    own = mine.aes(LABEL=f"own-{number}")
    turn = 0
    while not enough.is_set():
        try:
            data = f"{number}-{turn}".encode()
            signature = mine.sign(private, ck.ECDSA_SHA256, data)
            assert mine.verify(public, ck.ECDSA_SHA256, data, signature) == ck.OK
            sealed = mine.encrypt(own, ck.AES_CBC_PAD, data, iv)
            assert mine.decrypt(own, ck.AES_CBC_PAD, sealed, iv) == data
            assert mine.find(LABEL="shared") == [aes]
            if turn % 10 == 0:
                made = mine.aes(TOKEN=turn % 20 == 0, LABEL="made")
                mine.encrypt(made, ck.AES_ECB, bytes(16))
                mine.do("DestroyObject", made)
            counts[number][killed.is_set()] += 1
        except Exception as error:  # noqa: BLE001
            failures.append(f"thread {number}, turn {turn}: {error!r}")
            return
        turn += 1


threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
while sum(count[0] for count in counts) < 120 and not failures:
    time.sleep(0.02)
print("running", flush=True)
sys.stdin.readline()
killed.set()
end = time.monotonic() + 300
while sum(count[1] for count in counts) < 420 and not failures and time.monotonic() < end:
    time.sleep(0.02)
enough.set()
for thread in threads:
    thread.join()
for failure in failures:
    print(failure)
assert session.find(LABEL="made") == [], "a key that was destroyed is still there"
print(sum(count[0] for count in counts), sum(count[1] for count in counts), len(failures))
sys.exit(1 if failures else 0)
