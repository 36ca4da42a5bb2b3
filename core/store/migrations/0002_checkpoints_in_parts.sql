-- SPDX-License-Identifier: GPL-3.0-or-later
-- A checkpoint in parts: one value of SQLite's holds at most a thousand million bytes, the state of
-- a large network takes more.

CREATE TABLE checkpoint_part (
    run INTEGER NOT NULL REFERENCES checkpoint (run) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (run, part)
) STRICT;

INSERT INTO checkpoint_part (run, part, bytes) SELECT run, 0, state FROM checkpoint;
ALTER TABLE checkpoint DROP COLUMN state;
