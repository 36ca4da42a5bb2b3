// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <stdexcept>

#include "mantissa_version.h"
#include <SQLiteCpp/SQLiteCpp.h>

#include "core/numerics/multiplier_table.h"
#include "core/store/store_impl.h"
#include "tests/core/store/store_helpers.h"

namespace mantissa::store {
namespace {

using ::testing::HasSubstr;

using StoreDesigns = StoreTest;
using StoreRuns = StoreTest;
using StoreHardware = StoreTest;

TEST_F(StoreDesigns, AreReadBackAsTheyWere) {
    auto store = open();
    auto network = design::DesignPoint().network();
    network.layers[1].inputs = {network.layers[0].name};
    const auto design =
        design::DesignPoint().withName("a").withNote("it's; \"odd\"").withNetwork(network);
    const auto hash = store.putDesign(design);
    ASSERT_TRUE(hash) << hash.error().text();
    EXPECT_EQ(*hash, designHash(design));
    const auto row = store.findDesign(*hash);
    ASSERT_TRUE(row) << row.error().text();
    EXPECT_EQ(row->design, design);
    EXPECT_GT(row->createdMs, 1'600'000'000'000);
    EXPECT_FALSE(row->latestRun);
    EXPECT_FALSE(row->area_um2);
}

TEST_F(StoreDesigns, PutAgainTakeTheNewNameAndStayOne) {
    auto store = open();
    ASSERT_TRUE(store.putDesign(design::DesignPoint().withName("old")));
    ASSERT_TRUE(store.putDesign(design::DesignPoint().withName("new").withNote("n")));
    const auto rows = store.designs().value().rows;
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.front().design.name(), "new");
    EXPECT_EQ(rows.front().design.note(), "n");
}

TEST_F(StoreDesigns, KeepTheirNameWhereAsked) {
    auto store = open();
    ASSERT_TRUE(store.putDesign(design::DesignPoint().withName("mine").withNote("n")));
    const auto other = design::DesignPoint().withName("baseline");
    ASSERT_TRUE(store.putDesign(other, NamePolicy::Keep));
    ASSERT_TRUE(store.startRun(start(other)));
    const auto rows = store.designs().value().rows;
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.front().design.name(), "mine");
    EXPECT_EQ(rows.front().design.note(), "n");
    EXPECT_EQ(store.runs()->front().designName, "mine");
}

TEST_F(StoreDesigns, AreListedNewestFirst) {
    auto store = open();
    for (const int rows : {8, 32, 64}) {
        ASSERT_TRUE(store.putDesign(withRows(rows)));
    }
    const auto designs = store.designs().value().rows;
    std::vector<int> rows;
    for (const auto& row : designs) {
        rows.push_back(row.design.hardware().rows);
    }
    EXPECT_THAT(rows, ::testing::ElementsAre(64, 32, 8));
}

TEST_F(StoreDesigns, ThatAreInvalidAreRefused) {
    auto store = open();
    EXPECT_FALSE(store.putDesign(withEpochs(-1)));
    EXPECT_FALSE(store.startRun(start(withEpochs(-1))));
    EXPECT_TRUE(store.designs()->rows.empty());
}

TEST_F(StoreDesigns, RemovedAreHiddenUntilPutAgain) {
    auto store = open();
    const auto hash = store.putDesign({}).value();
    const auto run = store.startRun(start()).value();
    ASSERT_TRUE(store.removeDesign(hash));
    EXPECT_TRUE(store.designs()->rows.empty());
    EXPECT_FALSE(store.findDesign(hash));
    EXPECT_FALSE(store.removeDesign(hash));
    EXPECT_EQ(store.runs(hash)->front().id, run);
    ASSERT_TRUE(store.putDesign({}));
    EXPECT_EQ(store.designs()->rows.size(), 1U);
}

TEST_F(StoreDesigns, AreFoundByNameTheNewestOne) {
    auto store = open();
    ASSERT_TRUE(store.putDesign(withRows(8).withName("mine")));
    ASSERT_TRUE(store.putDesign(withRows(32).withName("mine")));
    EXPECT_EQ(store.findDesign("mine")->design.hardware().rows, 32);
    EXPECT_EQ(store.findDesign("min").error().code, ErrorCode::NotFound);
}

TEST_F(StoreDesigns, AreFoundByAUniquePrefixInAnyCase) {
    auto store = open();
    auto hash = store.putDesign({}).value().substr(0, 10);
    EXPECT_TRUE(store.findDesign(hash));
    std::transform(hash.begin(), hash.end(), hash.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    EXPECT_TRUE(store.findDesign(hash));
}

TEST_F(StoreDesigns, AnAmbiguousShortOrAbsentPrefixIsAnError) {
    auto store = open();
    const auto first = store.putDesign(withRows(8)).value();
    const auto second = store.putDesign(withRows(32)).value();
    {
        SQLite::Database database(m_file.string(), SQLite::OPEN_READWRITE);
        database.exec("UPDATE design SET hash = 'abcd1' || substr(hash, 6) WHERE hash = '" + first +
                      "'");
        database.exec("UPDATE design SET hash = 'abcd2' || substr(hash, 6) WHERE hash = '" +
                      second + "'");
    }
    const auto ambiguous = store.findDesign("abcd");
    ASSERT_FALSE(ambiguous);
    EXPECT_EQ(ambiguous.error().code, ErrorCode::InvalidInput);
    EXPECT_THAT(ambiguous.error().hint, HasSubstr("abcd1" + first.substr(5)));
    EXPECT_TRUE(store.findDesign("abcd2"));
    EXPECT_THAT(store.findDesign("abc").error().hint, HasSubstr("at least 4"));
    EXPECT_EQ(store.findDesign("zzzz").error().code, ErrorCode::NotFound);
    EXPECT_EQ(store.findDesign("").error().code, ErrorCode::NotFound);
    EXPECT_EQ(store.findDesign("%' OR 1").error().code, ErrorCode::NotFound);
}

TEST_F(StoreDesigns, ThatThisVersionCannotReadAreNamedAndHideNoOther) {
    auto store = open();
    ASSERT_TRUE(store.putDesign(withRows(8)));
    const auto hash = store.putDesign(withRows(32)).value();
    {
        SQLite::Database database(m_file.string(), SQLite::OPEN_READWRITE);
        database.exec("UPDATE design SET json = '{\"schema\":99}' WHERE hash = '" + hash + "'");
    }
    const auto list = store.designs().value();
    EXPECT_EQ(list.rows.size(), 1U);
    ASSERT_EQ(list.unreadable.size(), 1U);
    EXPECT_THAT(list.unreadable.front().where, HasSubstr(hash));
    EXPECT_EQ(store.findDesign(hash).error().code, ErrorCode::Unsupported);
}

TEST_F(StoreRuns, KeepTheirCurvesAndCircumstances) {
    auto store = open();
    const auto run = store.startRun(start());
    ASSERT_TRUE(run) << run.error().text();
    for (const int epoch : {1, 2}) {
        ASSERT_TRUE(commit(store, *run, epoch));
    }
    ASSERT_TRUE(store.finishRun(*run, StoredStatus::Done, ""));
    const auto rows = store.runs();
    ASSERT_EQ(rows->size(), 1U);
    const auto& row = rows->front();
    EXPECT_EQ(row.id, *run);
    EXPECT_EQ(row.designHash, designHash(design::DesignPoint{}));
    EXPECT_EQ(row.trainHash, trainHash(design::DesignPoint{}));
    EXPECT_EQ(row.designName, design::DesignPoint().name());
    EXPECT_EQ(row.status, StoredStatus::Done);
    EXPECT_EQ(row.datasetHash, "data");
    EXPECT_EQ(row.programVersion, kVersion);
    EXPECT_EQ(row.kernelPath, "scalar");
    EXPECT_EQ(row.threads, 2);
    EXPECT_GE(row.endedMs, row.startedMs);
    EXPECT_EQ(row.epochsDone, 2);
    EXPECT_EQ(row.epochsPlanned, 3);
    EXPECT_EQ(row.testAccuracy, epochMetric(2).testAccuracy);
    EXPECT_EQ(row.testLoss, epochMetric(2).testLoss);
    const auto curves = store.curves(*run);
    ASSERT_EQ(curves->steps.size(), 2U * kStepsPerEpoch);
    EXPECT_EQ(curves->steps[13].step, 13);
    EXPECT_EQ(curves->steps[13].loss, stepsOf(2)[3].loss);
    ASSERT_EQ(curves->epochs.size(), 2U);
    EXPECT_EQ(curves->epochs[1].trainAccuracy, epochMetric(2).trainAccuracy);
    EXPECT_EQ(curves->epochs[1].seconds, 0.25);
}

TEST_F(StoreRuns, WithoutAnEpochHaveNoAccuracy) {
    auto store = open();
    ASSERT_TRUE(store.startRun(start()));
    const auto row = store.runs()->front();
    EXPECT_EQ(row.status, StoredStatus::Running);
    EXPECT_EQ(row.epochsDone, 0);
    EXPECT_EQ(row.endedMs, 0);
    EXPECT_FALSE(row.testAccuracy);
    const auto latest = store.findDesign(row.designHash)->latestRun;
    ASSERT_TRUE(latest);
    EXPECT_EQ(latest->status, StoredStatus::Running);
    EXPECT_FALSE(latest->testAccuracy);
}

TEST_F(StoreRuns, ThatFailInTheirFirstEpochShowHowTheyEnded) {
    auto store = open();
    const auto run = store.startRun(start()).value();
    ASSERT_TRUE(store.finishRun(run, StoredStatus::Diverged, "loss is NaN", {}));
    const auto latest = store.designs()->rows.front().latestRun;
    ASSERT_TRUE(latest);
    EXPECT_EQ(latest->status, StoredStatus::Diverged);
    EXPECT_EQ(latest->epochsDone, 0);
    EXPECT_FALSE(latest->testAccuracy);
}

TEST_F(StoreRuns, ThatAreDoneSpeakForTheirTrainingBeforeNewerStoppedOnes) {
    auto store = open();
    const auto hash = trainHash(design::DesignPoint{});
    EXPECT_FALSE(store.latestRun(hash).value());
    const auto done = store.startRun(start()).value();
    ASSERT_TRUE(commit(store, done, 1));
    ASSERT_TRUE(store.finishRun(done, StoredStatus::Done, ""));
    const auto stopped = store.startRun(start()).value();
    ASSERT_TRUE(commit(store, stopped, 1));
    ASSERT_TRUE(store.finishRun(stopped, StoredStatus::Cancelled, ""));
    EXPECT_EQ(store.latestRun(hash).value()->id, done);
    EXPECT_EQ(store.designs()->rows.front().latestRun->id, done);
}

/// As if they had been trained by it.
void setEmulationOfAll(const std::filesystem::path& file, int emulation) {
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE)
        .exec("UPDATE run SET emulation = " + std::to_string(emulation));
}

/// A run with one epoch that ended so.
std::int64_t endedRun(Store& store, StoredStatus status) {
    const auto run = store.startRun(start()).value();
    EXPECT_TRUE(commit(store, run, 1));
    EXPECT_TRUE(store.finishRun(run, status, ""));
    return run;
}

TEST_F(StoreRuns, OfAnOlderEmulationSayItAndAreNeitherTakenForNewOnesNorGoneOnWith) {
    auto store = open();
    const auto hash = trainHash(design::DesignPoint{});
    const auto older = endedRun(store, StoredStatus::Cancelled);
    ASSERT_TRUE(store.stoppedRun(hash, "data").value());
    ASSERT_TRUE(store.latestRun(hash, design::kEmulation).value());
    setEmulationOfAll(m_file, 1);
    EXPECT_FALSE(store.stoppedRun(hash, "data").value());
    EXPECT_FALSE(store.latestRun(hash, design::kEmulation).value());
    for (const auto& found :
         {store.latestRun(hash).value(), store.latestRun(hash, 1).value(),
          store.designs()->rows.front().latestRun, std::optional(store.runs()->front())}) {
        ASSERT_TRUE(found);
        EXPECT_EQ(found->id, older);
        EXPECT_EQ(found->emulation, 1);
        EXPECT_EQ(statusText(*found), "cancelled by emulation 1");
    }
}

TEST_F(StoreRuns, OfAnOlderEmulationSpeakUntilANewerOneHasAnEpoch) {
    auto store = open();
    const auto older = endedRun(store, StoredStatus::Done);
    setEmulationOfAll(m_file, 1);
    const auto newer = store.startRun(start()).value();
    EXPECT_EQ(store.designs()->rows.front().latestRun->id, older);
    ASSERT_TRUE(commit(store, newer, 1));
    const auto found = store.designs()->rows.front().latestRun;
    EXPECT_EQ(found->id, newer);
    EXPECT_EQ(statusText(*found), "running");
}

/// As of a multiplier's table that has changed, or of an emulation that is not known any more.
TEST_F(StoreRuns, OfAnotherTrainingOfTheDesignSpeakUntilANewerOneHasAnEpoch) {
    auto store = open();
    const auto older = endedRun(store, StoredStatus::Done);
    {
        SQLite::Database database(m_file.string(), SQLite::OPEN_READWRITE);
        database.exec(
            "UPDATE run SET train_hash = 'former'; UPDATE design SET train_hash = 'former'");
    }
    const auto stopped = store.startRun(start()).value();
    ASSERT_TRUE(store.finishRun(stopped, StoredStatus::Cancelled, ""));
    EXPECT_EQ(store.designs()->rows.front().latestRun->id, older);
    const auto newer = store.startRun(start()).value();
    ASSERT_TRUE(commit(store, newer, 1));
    EXPECT_EQ(store.designs()->rows.front().latestRun->id, newer);
}

TEST_F(StoreRuns, OfAnotherEmulationKeepTheirCheckpointsWhenOneIsDone) {
    auto store = open();
    const auto older = endedRun(store, StoredStatus::Cancelled);
    setEmulationOfAll(m_file, 1);
    endedRun(store, StoredStatus::Done);
    setEmulationOfAll(m_file, design::kEmulation);
    EXPECT_EQ(store.stoppedRun(trainHash(design::DesignPoint{}), "data").value()->run, older);
}

design::DesignPoint withTable(const std::filesystem::path& file) {
    design::PrecisionPlan plan;
    EXPECT_TRUE(design::setCompute(plan, "lut<" + file.string() + ">"));
    return design::DesignPoint().withPrecision(plan);
}

TEST_F(StoreRuns, AreFoundWhereTheirMultipliersTableIsGone) {
    const auto file = m_folder / "table.bin";
    ASSERT_TRUE(
        numerics::writeTable(numerics::multiplierTable(numerics::ProductRule::Mitchell, 7), file));
    const auto design = withTable(file);
    auto store = open();
    const auto run = store.startRun(start(design));
    ASSERT_TRUE(run) << run.error().text();
    ASSERT_TRUE(commit(store, *run, 1));
    ASSERT_TRUE(store.finishRun(*run, StoredStatus::Done, ""));
    std::filesystem::remove(file);
    ASSERT_TRUE(store.designs()->rows.front().latestRun);
    EXPECT_EQ(store.designs()->rows.front().latestRun->id, *run);
    EXPECT_TRUE(store.findDesign(designHash(design))->latestRun);
}

TEST_F(StoreRuns, SpeakForTheirDesignByTheMultipliersTableThatItWasTrainedWithLast) {
    const auto file = m_folder / "table.bin";
    const auto design = withTable(file);
    auto store = open();
    for (const int bits : {7, 5}) {
        ASSERT_TRUE(numerics::writeTable(
            numerics::multiplierTable(numerics::ProductRule::Mitchell, bits), file));
        const auto run = store.startRun(start(design)).value();
        ASSERT_TRUE(commit(store, run, 1));
        ASSERT_TRUE(store.finishRun(run, StoredStatus::Done, ""));
        EXPECT_EQ(store.findDesign(designHash(design))->latestRun->id, run) << bits;
    }
}

TEST_F(StoreRuns, OfADesignThatDiffersInHardwareAloneAreShared) {
    auto store = open();
    const auto run = store.startRun(start(withRows(8))).value();
    ASSERT_TRUE(commit(store, run, 1));
    ASSERT_TRUE(store.startRun(start(withRows(8))));  // newer, but without an epoch
    const auto other = store.putDesign(withRows(32)).value();
    ASSERT_TRUE(store.findDesign(other)->latestRun);
    EXPECT_EQ(store.findDesign(other)->latestRun->id, run);
    EXPECT_TRUE(store.runs(other)->empty());
    const auto longer = store.putDesign(withEpochs(9)).value();
    EXPECT_FALSE(store.findDesign(longer)->latestRun);
}

TEST_F(StoreRuns, ThatDivergeKeepTheirReasonAndALossThatIsNotANumber) {
    auto store = open();
    const auto run = store.startRun(start()).value();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    ASSERT_TRUE(store.finishRun(run, StoredStatus::Diverged, "loss is NaN at step 1",
                                {.steps = {{0, infinity, 0.5}, {1, nan, 0}}}));
    EXPECT_EQ(store.runs()->front().status, StoredStatus::Diverged);
    EXPECT_EQ(store.runs()->front().reason, "loss is NaN at step 1");
    const auto steps = store.curves(run)->steps;
    ASSERT_EQ(steps.size(), 2U);
    EXPECT_EQ(steps[0].loss, infinity);
    EXPECT_TRUE(std::isnan(steps[1].loss));
}

TEST_F(StoreRuns, ThatWereCancelledOfferTheirLastCheckpoint) {
    auto store = open();
    const auto hash = trainHash(design::DesignPoint{});
    EXPECT_FALSE(store.stoppedRun(hash, "data").value());
    const auto run = store.startRun(start()).value();
    ASSERT_TRUE(commit(store, run, 1));
    ASSERT_TRUE(commit(store, run, 2));
    EXPECT_FALSE(store.stoppedRun(hash, "data").value()) << "the run is still going on";
    ASSERT_TRUE(store.finishRun(run, StoredStatus::Cancelled, "", {.steps = {{20, 0.5, 0.5}}}));
    const auto found = store.stoppedRun(hash, "data").value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->checkpoint.epoch, 2);
    EXPECT_EQ(found->checkpoint.state, checkpoint(2).state);
    EXPECT_EQ(found->run, run);
    EXPECT_EQ(found->curves.steps.size(), 20U) << "not those after the checkpoint";
    EXPECT_FALSE(store.stoppedRun(hash, "other data").value());
    EXPECT_EQ(store.curves(run)->steps.size(), 21U);
    EXPECT_FALSE(store.stoppedRun(trainHash(withEpochs(9)), "data").value());
}

TEST_F(StoreRuns, KeepEventsAndObservationsInOrderAndGiveAResumedRunThoseBeforeItsCheckpoint) {
    auto store = open();
    const auto run = store.startRun(start()).value();
    const train::RunEvent first{3, "loss scale", 512, "overflowed at 1024; update left out"};
    const train::RunEvent second{3, "conv1 forward", 4, "ünï"};
    const train::RunEvent late{10, "conv1 forward", 8, "above"};
    const train::Observation seen{3, "conv1", "error@weight_gradient", "flushed", 0.71};
    const train::Observation lateSeen{10, "conv1", "gradient", "norm",
                                      std::numeric_limits<double>::infinity()};
    ASSERT_TRUE(store.commitEpoch(
        run, {.steps = stepsOf(1), .events = {first, second}, .observations = {seen}},
        epochMetric(1), checkpoint(1)));
    ASSERT_TRUE(store.finishRun(run, StoredStatus::Cancelled, "",
                                {.steps = {}, .events = {late}, .observations = {lateSeen}}));
    EXPECT_EQ(store.curves(run)->events, (std::vector{first, second, late}));
    EXPECT_EQ(store.curves(run)->observations, (std::vector{seen, lateSeen}));
    EXPECT_EQ(store.observations(run, "norm"), std::vector{lateSeen});
    const auto found = store.stoppedRun(trainHash(design::DesignPoint{}), "data").value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->curves.events, (std::vector{first, second}));
    EXPECT_EQ(found->curves.observations, (std::vector{seen}));
}

TEST_F(StoreRuns, KeepALargeCheckpointWholeAndOnlyTheLast) {
    auto store = open();
    const auto run = store.startRun(start()).value();
    train::Checkpoint large{1, std::vector<std::byte>(2 * kCheckpointPartBytes + 1)};
    for (std::size_t i = 0; i < large.state.size(); ++i) {
        large.state[i] = static_cast<std::byte>(i / 4096 % 251);
    }
    ASSERT_TRUE(store.commitEpoch(run, {stepsOf(1)}, epochMetric(1), large));
    large.epoch = 2;
    large.state.pop_back();
    ASSERT_TRUE(store.commitEpoch(run, {stepsOf(2)}, epochMetric(2), large));
    ASSERT_TRUE(store.finishRun(run, StoredStatus::Cancelled, ""));
    const auto found = store.stoppedRun(trainHash(design::DesignPoint{}), "data").value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->checkpoint.epoch, 2);
    EXPECT_TRUE(found->checkpoint.state == large.state);
    SQLite::Database database(m_file.string());
    EXPECT_EQ(database.execAndGet("SELECT count(*) FROM checkpoint_part").getInt(), 2);
}

TEST_F(StoreRuns, ThatAreDoneNeedNoCheckpoint) {
    auto store = open();
    const auto run = store.startRun(start()).value();
    ASSERT_TRUE(commit(store, run, 1));
    ASSERT_TRUE(store.finishRun(run, StoredStatus::Done, ""));
    SQLite::Database database(m_file.string());
    EXPECT_EQ(database.execAndGet("SELECT count(*) FROM checkpoint").getInt(), 0);
    EXPECT_EQ(database.execAndGet("SELECT count(*) FROM checkpoint_part").getInt(), 0);
}

TEST_F(StoreRuns, ThatWereStoppedAreNotOfferedOnceTheirTrainingIsDone) {
    auto store = open();
    const auto hash = trainHash(design::DesignPoint{});
    for (const auto status : {StoredStatus::Cancelled, StoredStatus::Done}) {
        const auto run = store.startRun(start()).value();
        ASSERT_TRUE(commit(store, run, 1));
        ASSERT_TRUE(store.finishRun(run, status, ""));
        EXPECT_EQ(store.stoppedRun(hash, "data").value().has_value(),
                  status == StoredStatus::Cancelled);
    }
}

TEST_F(StoreRuns, ThatEndedOrNeverWereTakeNoResults) {
    auto store = open();
    EXPECT_EQ(commit(store, 7, 1).error().code, ErrorCode::NotFound);
    EXPECT_EQ(store.curves(7).error().code, ErrorCode::NotFound);
    const auto run = store.startRun(start()).value();
    EXPECT_FALSE(store.finishRun(run, StoredStatus::Running, ""));
    ASSERT_TRUE(store.finishRun(run, StoredStatus::Failed, "disk", {}));
    EXPECT_EQ(commit(store, run, 1).error().code, ErrorCode::InvalidInput);
    EXPECT_FALSE(store.finishRun(run, StoredStatus::Done, ""));
}

TEST_F(StoreRuns, AnEpochThatFailsHalfWayLeavesNothing) {
    auto store = open();
    const auto run = store.startRun(start()).value();
    ASSERT_TRUE(commit(store, run, 1));
    EXPECT_FALSE(store.commitEpoch(run, {stepsOf(2)}, epochMetric(1), checkpoint(2)));
    EXPECT_EQ(store.curves(run)->steps.size(), std::size_t{kStepsPerEpoch});
    EXPECT_TRUE(commit(store, run, 2));
}

TEST_F(StoreHardware, TheNewestReportOfAHashIsGiven) {
    auto store = open();
    const auto design = withRows(8);
    const auto hash = hwHash(design);
    EXPECT_FALSE(store.hardware(hash).value());
    ASSERT_TRUE(store.putHardware({hash, "1", "45 nm", 1.5, 2.5, 3, "{}"}));
    ASSERT_TRUE(store.putHardware({hash, "2", "45 nm", 10, 20, 30, R"({"a":1})"}));
    EXPECT_EQ(store.hardware(hash).value()->modelVersion, "2");
    EXPECT_EQ(store.hardware(hash).value()->breakdownJson, R"({"a":1})");
    ASSERT_TRUE(store.putHardware({hash, "1", "45 nm", 11, 21, 31, "{}"}));
    const auto row = store.findDesign(store.putDesign(design).value()).value();
    EXPECT_EQ(row.area_um2, 11);
    EXPECT_EQ(row.energy_pj, 21);
    EXPECT_EQ(row.cycles, 31);
    EXPECT_FALSE(store.putHardware({hash, "3", "", std::nan(""), 0, 0, ""}));
}

}  // namespace
}  // namespace mantissa::store
