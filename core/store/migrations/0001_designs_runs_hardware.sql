-- SPDX-License-Identifier: GPL-3.0-or-later
-- Designs, training runs with their curves, and hardware reports.

CREATE TABLE design (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    train_hash TEXT NOT NULL,
    hw_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    note TEXT NOT NULL,
    json TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    deleted_ms INTEGER
) STRICT;
CREATE INDEX design_by_name ON design (name);

-- train_hash is repeated here: designs that differ in hardware alone share their runs.
CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    design_hash TEXT NOT NULL REFERENCES design (hash),
    train_hash TEXT NOT NULL,
    status TEXT NOT NULL CHECK (
        status IN ('running', 'done', 'cancelled', 'diverged', 'failed', 'interrupted')),
    reason TEXT NOT NULL DEFAULT '',
    dataset_hash TEXT NOT NULL,
    program_version TEXT NOT NULL,
    kernel_path TEXT NOT NULL,
    threads INTEGER NOT NULL,
    epochs_planned INTEGER NOT NULL,
    process TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    ended_ms INTEGER
) STRICT;
CREATE INDEX run_by_training ON run (train_hash, id);
CREATE INDEX run_by_design ON run (design_hash, id);
CREATE INDEX run_in_progress ON run (id) WHERE status = 'running';

-- A loss that is not a number, as of a diverged run, is NULL.
CREATE TABLE step_metric (
    run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    loss REAL,
    accuracy REAL,
    PRIMARY KEY (run, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE epoch_metric (
    run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    epoch INTEGER NOT NULL,
    step INTEGER NOT NULL,
    train_loss REAL,
    train_accuracy REAL,
    test_loss REAL,
    test_accuracy REAL,
    seconds REAL,
    PRIMARY KEY (run, epoch)
) STRICT, WITHOUT ROWID;

-- The last one of a run that did not end.
CREATE TABLE checkpoint (
    run INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
    epoch INTEGER NOT NULL,
    state BLOB NOT NULL
) STRICT;

CREATE TABLE hw (
    id INTEGER PRIMARY KEY,
    hw_hash TEXT NOT NULL,
    model_version TEXT NOT NULL,
    technology TEXT NOT NULL,
    area_um2 REAL NOT NULL,
    energy_pj REAL NOT NULL,
    cycles REAL NOT NULL,
    breakdown_json TEXT NOT NULL,
    UNIQUE (hw_hash, model_version)
) STRICT;
