-- Look-ups by number and phone: counted, so that nobody can try his way through. Digests alone.
CREATE TABLE track_tries (
    id INTEGER PRIMARY KEY,
    number_key BLOB NOT NULL,
    net_key BLOB NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX track_tries_number ON track_tries (number_key, at);
CREATE INDEX track_tries_net ON track_tries (net_key, at);
CREATE INDEX track_tries_at ON track_tries (at);
