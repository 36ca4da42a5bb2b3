// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/reproduce/reproduce.h"

#include <algorithm>
#include <map>
#include <set>
#include <stop_token>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/engine/reproduce/reproduce_text.h"
#include "app/engine/reproduce/reproduction_charts.h"
#include "app/engine/reproduce/text_lines.h"
#include "app/engine/reproduce/training_time.h"
#include "core/data/dataset_registry.h"
#include "core/systems/catalogue.h"
#include "core/systems/preset_design.h"
#include "hwmodel/estimate.h"
#include "tests/support/temporary_folder.h"

namespace mantissa::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Two steps of LeNet-5 on images that are made up.
Scale tinyScale() {
    return {.dataset = "synthetic:classes=10,size=1x28x28,train=32,test=16,noise=0.5,seed=1",
            .images = 0,
            .epochs = 2,
            .seeds = 2};
}

class Reproduce : public testing::Test {
protected:
    Reproduce()
        : m_dataset(data::loadDataset(m_scale.dataset).value()),
          m_store(store::Store::open(m_folder / "results.db", store::Access::ReadWrite).value()) {}

    std::vector<systems::System> systemsNamed(const std::set<std::string>& names) {
        auto all = systems::catalogue().value();
        std::erase_if(all, [&](const auto& system) { return !names.contains(system.id); });
        return all;
    }

    Result<Reproduction> reproduced(const std::vector<systems::System>& systems,
                                    const JobContext& context = {}) {
        m_trained.clear();
        return reproduce(systems, m_scale, *m_dataset, m_store,
                         {.threads = 1,
                          .datasetFolder = {},
                          .storedOnly = false,
                          .onTraining =
                              [&](const Training& training, const TrainingResult* result) {
                                  if (result != nullptr) {
                                      m_trained.push_back(training.system + " " + training.preset +
                                                          " " + std::to_string(training.seed));
                                  }
                              }},
                         context);
    }

    test::TemporaryFolder m_folder;
    Scale m_scale = tinyScale();
    std::shared_ptr<const data::Dataset> m_dataset;
    store::Store m_store;
    std::vector<std::string> m_trained;
};

TEST_F(Reproduce, SaysBeforehandWhatWouldBeTrainedAndForHowLong) {
    const auto systems = systemsNamed({"restructured_bn"});
    const auto trainings =
        planTrainings(systems, {}, baselineFor(m_scale, *m_dataset).value(), m_scale.seeds).value();
    const auto before = timeTrainings(trainings, *m_dataset, m_store, 1, {}).value();
    ASSERT_EQ(before.presets.size(), 2U);
    EXPECT_EQ(before.presets[0].preset, "one_pass");
    EXPECT_EQ(before.presets[0].missing, 2);
    EXPECT_EQ(before.presets[0].steps, 2);
    EXPECT_GT(before.presets[0].seconds(), 0);
    EXPECT_TRUE(before.complete);
    EXPECT_THAT(trainingTimeText(before), HasSubstr("4 trainings, about "));
    ASSERT_TRUE(reproduced(systems));
    const auto after = timeTrainings(trainings, *m_dataset, m_store, 1, {}).value();
    EXPECT_EQ(after.presets[0].stored, 2);
    EXPECT_EQ(after.seconds(), 0);
    EXPECT_THAT(trainingTimeText(after), HasSubstr("0 trainings: all are stored"));
}

TEST_F(Reproduce, APlanThatIsStoppedGivesNoTotal) {
    const auto trainings = planTrainings(systemsNamed({"restructured_bn"}), {},
                                         baselineFor(m_scale, *m_dataset).value(), m_scale.seeds)
                               .value();
    std::stop_source stop;
    stop.request_stop();
    const auto times =
        timeTrainings(trainings, *m_dataset, m_store, 1, JobContext(stop.get_token())).value();
    EXPECT_FALSE(times.complete);
    EXPECT_THAT(trainingTimeText(times), testing::AllOf(HasSubstr("stopped before all were timed"),
                                                        testing::Not(HasSubstr("about"))));
    EXPECT_EQ(nlohmann::json::parse(trainingTimeJson(times))["complete"], false);
}

TEST_F(Reproduce, TrainsEachPresetOnceAndJudgesEveryClaim) {
    const auto systems = systemsNamed({"restructured_bn", "fp8_micikevicius"});
    const auto result = reproduced(systems);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_THAT(m_trained, ElementsAre("restructured_bn one_pass 1", "restructured_bn one_pass 2",
                                       "restructured_bn fp32 1", "restructured_bn fp32 2",
                                       "fp8_micikevicius hybrid 1", "fp8_micikevicius hybrid 2",
                                       "fp8_micikevicius e5m2 1", "fp8_micikevicius e5m2 2"));
    EXPECT_EQ(result->claims.size(), systems[0].claims.size() + systems[1].claims.size());
    EXPECT_EQ(countOf(*result, Verdict::NotRun), 0);
    EXPECT_GT(result->baselineAccuracy, 0);
    EXPECT_TRUE(result->complete);
}

TEST_F(Reproduce, FindsWhatItTrainedBefore) {
    const auto systems = systemsNamed({"restructured_bn"});
    const auto first = reproduced(systems);
    const auto second = reproduced(systems);
    ASSERT_TRUE(first && second);
    EXPECT_THAT(m_trained, testing::IsEmpty());
    EXPECT_EQ(reproductionJson(*first), reproductionJson(*second));
    EXPECT_EQ(m_store.runs()->size(), 4U);
}

TEST_F(Reproduce, KeepsWhatItHasWhenItIsStopped) {
    const auto systems = systemsNamed({"restructured_bn"});
    std::stop_source stop;
    int reports = 0;
    const JobContext context(stop.get_token(), [&](const Progress& progress) {
        EXPECT_EQ(progress.total, 8) << "two steps a training";
        if (++reports == 5) {
            stop.request_stop();
        }
    });
    const auto result = reproduced(systems, context);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_FALSE(result->complete);
    EXPECT_EQ(m_trained.size(), 2U);
    EXPECT_GT(countOf(*result, Verdict::NotRun), 0);
    const auto after = reproduced(systems);
    EXPECT_EQ(m_trained.size(), 2U) << "the two that were missing";
    EXPECT_EQ(countOf(*after, Verdict::NotRun), 0);
}

TEST_F(Reproduce, WithoutTrainingSaysWhatWasNotRun) {
    const auto systems = systemsNamed({"comet"});
    const auto result = reproduce(
        systems, m_scale, *m_dataset, m_store,
        {.threads = 1, .datasetFolder = {}, .storedOnly = true, .onTraining = {}}, JobContext());
    ASSERT_TRUE(result);
    EXPECT_EQ(countOf(*result, Verdict::NotRun), 3);
    EXPECT_THAT(reproductionText(*result), HasSubstr("not run"));
}

// What older arithmetic left is shown where only stored results are wanted, and said to be so.
TEST_F(Reproduce, TakesResultsOfAnOlderEmulationOnlyWithoutTraining) {
    const auto systems = systemsNamed({"restructured_bn"});
    ASSERT_TRUE(reproduced(systems));
    const auto count = m_trained.size();
    SQLite::Database((m_folder / "results.db").string(), SQLite::OPEN_READWRITE)
        .exec("UPDATE run SET emulation = 1");
    const auto stored = reproduce(
        systems, m_scale, *m_dataset, m_store,
        {.threads = 1, .datasetFolder = {}, .storedOnly = true, .onTraining = {}}, JobContext());
    ASSERT_TRUE(stored) << stored.error().text();
    EXPECT_EQ(countOf(*stored, Verdict::NotRun), 0);
    EXPECT_THAT(reproductionText(*stored), HasSubstr("Stored trainings of emulation 1"));
    EXPECT_EQ(nlohmann::json::parse(reproductionJson(*stored))["emulation"], 1);
    const auto again = reproduced(systems);
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(m_trained.size(), count) << "all are trained anew";
    EXPECT_THAT(reproductionText(*again), testing::Not(HasSubstr("emulation 1")));
}

TEST_F(Reproduce, SaysOfEachClaimHowOldItsOwnTrainingsAre) {
    const auto systems = systemsNamed({"comet"});
    ASSERT_TRUE(reproduced(systems));
    const auto trainings =
        planTrainings(systems, {}, baselineFor(m_scale, *m_dataset).value(), m_scale.seeds).value();
    SQLite::Database database((m_folder / "results.db").string(), SQLite::OPEN_READWRITE);
    for (const auto& training : trainings) {
        if (training.preset == "bound3") {
            database.exec("UPDATE run SET emulation = 1 WHERE train_hash = '" + training.trainHash +
                          "'");
        }
    }
    const auto stored = reproduce(
        systems, m_scale, *m_dataset, m_store,
        {.threads = 1, .datasetFolder = {}, .storedOnly = true, .onTraining = {}}, JobContext());
    ASSERT_TRUE(stored) << stored.error().text();
    EXPECT_EQ(stored->oldestEmulation, 1);
    std::map<std::string, nlohmann::json> emulations;
    const auto document = nlohmann::json::parse(reproductionJson(*stored));
    for (const auto& claim : document["claims"]) {
        emulations[claim["claim"]] = claim.value("emulation", nlohmann::json());
    }
    EXPECT_EQ(emulations["accuracy_bound3"], 1);
    EXPECT_EQ(emulations["accuracy_bound2"], design::kEmulation);
    EXPECT_EQ(emulations["memory"], nullptr) << "which is modelled";
}

TEST_F(Reproduce, TrainsOnlyTheChosenPresetsAndFp32) {
    const auto systems = systemsNamed({"comet", "restructured_bn"});
    const auto result =
        reproduce(systems, m_scale, *m_dataset, m_store,
                  {.threads = 1,
                   .datasetFolder = {},
                   .storedOnly = false,
                   .choice = {{"comet", {"bound2"}}, {"restructured_bn", {"one_pass"}}},
                   .onTraining = {}},
                  JobContext());
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(m_store.runs()->size(), 6U) << "two presets and FP32, two seeds";
    EXPECT_EQ(countOf(*result, Verdict::NotRun), 2) << "the other bounds";
    const auto section = reproductionSection(*result);
    EXPECT_THAT(section, HasSubstr("## Trained in LeNet-5"));
    EXPECT_THAT(section, HasSubstr("| COMET | bound 1 % |"));
    EXPECT_THAT(section, testing::Not(HasSubstr("not run")));
    EXPECT_THAT(section, testing::Not(HasSubstr("13.5"))) << "the models are on the page";
}

TEST_F(Reproduce, EveryPresetOfEverySystemTrainsAndIsPriced) {
    const auto baseline = baselineFor(m_scale, *m_dataset).value();
    const auto all = systems::catalogue().value();
    for (const auto& system : all) {
        for (const auto& preset : system.presets) {
            const auto design = systems::designOf(system, preset.id, baseline).value();
            const train::TrainSpec spec{
                .network = design.network(),
                .precision = design::resolvePrecision(design.precision(), design.network()),
                .statePrecision = design::resolveStates(design.precision(), design.network()),
                .control = design.control(),
                .recipe = design.recipe(),
                .threads = 1};
            const auto result = train::train(spec, *m_dataset, JobContext());
            ASSERT_TRUE(result) << system.id << " " << preset.id << result.error().text();
            EXPECT_EQ(result->status, train::RunStatus::Done) << system.id << " " << preset.id;
            EXPECT_EQ(result->steps.size(), 2U);
            const auto report = hw::estimate(design);
            ASSERT_TRUE(report) << system.id << " " << preset.id << report.error().text();
            EXPECT_GT(report->energy_pj, 0);
        }
    }
}

TEST_F(Reproduce, SaysTheSameInTextJsonAndPage) {
    const auto systems = systemsNamed({"restructured_bn"});
    const auto result = reproduced(systems).value();
    const auto json = nlohmann::json::parse(reproductionJson(result));
    ASSERT_EQ(json["claims"].size(), systems[0].claims.size());
    EXPECT_EQ(json["claims"][0]["confidence"], "derived");
    EXPECT_EQ(json["claims"][0]["seeds"], 2);
    EXPECT_EQ(json["scale"]["epochs"], 2);
    const auto text = reproductionText(result);
    EXPECT_THAT(text, HasSubstr("(primary"));
    EXPECT_THAT(text, HasSubstr("4 rows: "));
    const auto page = reproductionPage(result, systems);
    EXPECT_THAT(page, HasSubstr("## Restructured batch normalisation"));
    EXPECT_THAT(page, HasSubstr("(images/reproduce/restructured_bn.svg)"));
    EXPECT_THAT(page, HasSubstr("| 25.7 % |"));
}

TEST(ReproductionCharts, MarkEveryDistanceAndSayWhatLiesBeyondTheAxis) {
    const auto all = systems::catalogue().value();
    const auto& gupta =
        *std::find_if(all.begin(), all.end(), [](const auto& one) { return one.id == "gupta"; });
    Reproduction reproduction;
    for (const auto& claim : gupta.claims) {
        if (claim.id == "accuracy_fixed12_stochastic") {
            reproduction.claims.push_back(
                {&gupta, &claim, Figure{-0.5, 0.25, 3, {}}, {Verdict::Agrees, {}}});
        } else if (claim.id == "stochastic8") {
            reproduction.claims.push_back(
                {&gupta, &claim, Figure{-70, 1, 3, {}}, {Verdict::Differs, {}}});
        }
    }
    ASSERT_EQ(reproduction.claims.size(), 2U);
    const auto chart = accuracyChart(reproduction);
    EXPECT_THAT(chart, HasSubstr("-0.50 ± 0.25 points"));
    EXPECT_THAT(chart, HasSubstr("<circle"));
    EXPECT_THAT(chart, HasSubstr("-70.00 ± 1.00 points"));
    EXPECT_THAT(chart, HasSubstr("l7 -4v8z")) << "an arrow at the left end";
}

TEST(ReproductionCharts, HoldModelsAgainstClaims) {
    const auto all = systems::catalogue().value();
    const auto result = reproduceModels(all, Scale{});
    ASSERT_TRUE(result) << result.error().text();
    const auto chart = ratioChart(*result);
    EXPECT_THAT(chart, HasSubstr("EIE: 64 elements take 40.8 mm²<"));
    EXPECT_THAT(chart, HasSubstr("40.83 mm² of 40.8"));
    EXPECT_EQ(countOf(*result, Verdict::NotRun) > 0, true);
}

TEST(Scale, MakesTheSameBaselineWithAndWithoutData) {
    data::Dataset fashion;
    fashion.image = {1, 28, 28};
    fashion.classes.resize(10);
    EXPECT_EQ(design::trainHash(baselineFor(Scale{}).value()),
              design::trainHash(baselineFor(Scale{}, fashion).value()));
}

TEST(Scale, NamesAnUnknownNetwork) {
    const auto baseline = baselineOf("lenet6");
    ASSERT_FALSE(baseline);
    EXPECT_EQ(baseline.error().code, ErrorCode::NotFound);
    EXPECT_THAT(baseline.error().hint, HasSubstr("lenet5_bn"));
}

TEST(SystemText, ShowsWhatEachPresetChanges) {
    const auto all = systems::catalogue().value();
    for (const auto& system : all) {
        const auto text = systemText(system);
        ASSERT_TRUE(text) << text.error().text();
        for (const auto& preset : system.presets) {
            EXPECT_THAT(*text, HasSubstr("[" + preset.id + "]"));
        }
    }
}

TEST(LineTable, WrapsCellsAndAlignsUtf8) {
    LineTable table({{"A", 8}, {"B", 5}});
    table.add({"one two three", "3 µm²"});
    table.add({"x", "–"});
    EXPECT_EQ(table.text(), "A        B\n-------  -----\none two  3 µm²\nthree\nx        –\n");
    EXPECT_THAT(linesOf("", 5), ElementsAre(""));
    EXPECT_THAT(linesOf("abcdefgh i", 5), ElementsAre("abcdefgh", "i"));
}

}  // namespace
}  // namespace mantissa::app
