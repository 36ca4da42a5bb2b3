-- SPDX-License-Identifier: GPL-3.0-or-later
-- The emulation that a run was trained with, which was part of its train_hash. former_train_hash is
-- the program's (core/store/former_train_hash.h). 0: not known, as no emulation gives the design
-- this hash again: it is of an older version, or a multiplier's table is gone. Such a run and its
-- design keep their hash.

ALTER TABLE run ADD COLUMN emulation INTEGER NOT NULL DEFAULT 0;

CREATE TABLE former (design TEXT, emulation INTEGER, train_hash TEXT);
INSERT INTO former (design, emulation, train_hash)
    SELECT d.hash, n.emulation, former_train_hash(d.json, n.emulation)
    FROM design d, (SELECT 1 AS emulation UNION SELECT 2 UNION SELECT 3) n;
CREATE INDEX former_by_design ON former (design, train_hash);

UPDATE run SET emulation = coalesce((SELECT f.emulation FROM former f
    WHERE f.design = run.design_hash AND f.train_hash = run.train_hash), 0);
UPDATE run SET train_hash = (SELECT f.train_hash FROM former f
    WHERE f.design = run.design_hash AND f.emulation = 1) WHERE emulation > 1;
UPDATE design SET train_hash = (SELECT f.train_hash FROM former f
    WHERE f.design = design.hash AND f.emulation = 1)
    WHERE train_hash IN (SELECT f.train_hash FROM former f WHERE f.design = design.hash);

DROP TABLE former;
