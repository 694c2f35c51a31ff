#!/usr/bin/env python3
"""Checks the log of a district without its program: Python's own library alone.

    check_log.py DATABASE.db [CHECKPOINT.txt]

Walks the chain over the log of an SQLite database (or a backup of one) and, with a checkpoint kept outside, compares its hash.
The byte form is told in crates/acts/src/chain.rs. The checkpoint's Ed25519 signature is checked by `linli check log --against`;
here the hash is compared, which proves the same to whoever trusts his own kept file.
Exit status: 0 sound, 1 not sound, 2 cannot be read.
"""
import hashlib
import sqlite3
import struct
import sys

FIELDS = ("id", "subject_kind", "subject", "rev", "act", "actor_kind", "actor", "duty", "channel",
          "for_person", "person", "place", "state", "digest", "at")


def field(value):
    if value is None:
        return b"\xff\xff\xff\xff"
    raw = value if isinstance(value, bytes) else str(value).encode()
    return struct.pack(">I", len(raw)) + raw


def row_hash(row):
    return hashlib.sha256(b"".join(field(v) for v in row)).digest()


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__)
        return 2
    try:
        db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
        seals = db.execute("SELECT n, prev, hash, ids, at FROM log_seals ORDER BY n")
    except sqlite3.Error as e:
        print(f"cannot read: {e}")
        return 2
    faults, sealed, hashes = [], set(), {}
    expected, prev, rows = 1, bytes(32), 0
    for n, before, stored, ids, at in seals:
        if n != expected or before != prev:
            faults.append(f"seal {n} does not continue the chain")
        h = hashlib.sha256(b"linli-seal-1" + struct.pack(">q", n) + before + struct.pack(">q", at))
        for (row_id,) in struct.iter_unpack(">q", ids):
            if row_id in sealed:
                faults.append(f"row {row_id} is sealed twice")
            sealed.add(row_id)
            row = db.execute(f"SELECT {', '.join(FIELDS)} FROM log WHERE id = ?", (row_id,)).fetchone()
            if row is None:
                faults.append(f"row {row_id} under seal {n} is gone")
                continue
            rows += 1
            h.update(row_hash(row))
        if h.digest() != stored:
            faults.append(f"the rows under seal {n} are not what was sealed")
        expected, prev = n + 1, stored
        hashes[n] = stored
    for kind, subject in db.execute(
            "SELECT subject_kind, subject FROM log GROUP BY 1, 2 HAVING max(rev) <> count(*) LIMIT 20"):
        faults.append(f"a revision of {kind} {subject} is missing")
    if len(sys.argv) == 3:
        lines = open(sys.argv[2], encoding="utf-8").read().split("\n")
        if len(lines) < 5 or lines[0] != "linli-checkpoint-1":
            print("the second file is no checkpoint")
            return 2
        n, kept = int(lines[1]), bytes.fromhex(lines[3])
        if n not in hashes:
            faults.append(f"the chain is shorter than the checkpoint ({n})")
        elif hashes[n] != kept:
            faults.append(f"the chain has another hash at {n} than the checkpoint")
    for f in faults[:100]:
        print(f)
    print(f"{len(hashes)} seals over {rows} rows: {'NOT sound' if faults else 'sound'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
