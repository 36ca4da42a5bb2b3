// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of core/store share: a folder of their own and made-up results.
#pragma once

#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "core/store/store.h"

namespace mantissa::store {

constexpr int kStepsPerEpoch = 10;

inline std::vector<train::StepMetric> stepsOf(int epoch) {
    std::vector<train::StepMetric> steps;
    for (int i = 0; i < kStepsPerEpoch; ++i) {
        const std::int64_t step = std::int64_t{epoch - 1} * kStepsPerEpoch + i;
        steps.push_back({step, 2.3 / static_cast<double>(step + 1), 0.1 * i});
    }
    return steps;
}

inline train::EpochMetric epochMetric(int epoch) {
    return {.epoch = epoch,
            .step = std::int64_t{epoch} * kStepsPerEpoch,
            .trainLoss = 1.0 / epoch,
            .trainAccuracy = 1 - 0.5 / epoch,
            .testLoss = 1.1 / epoch,
            .testAccuracy = 1 - 0.6 / epoch,
            .seconds = 0.25};
}

inline train::Checkpoint checkpoint(int epoch) {
    return {epoch, std::vector<std::byte>(5000, static_cast<std::byte>(epoch))};
}

inline Result<void> commit(Store& store, std::int64_t run, int epoch) {
    return store.commitEpoch(run, {stepsOf(epoch)}, epochMetric(epoch), checkpoint(epoch));
}

inline RunStart start(const design::DesignPoint& design = {}) {
    return {design, "data", "scalar", 2};
}

inline design::DesignPoint withRows(int rows) {
    design::HardwareConfig hardware;
    hardware.rows = rows;
    return design::DesignPoint().withHardware(hardware);
}

inline design::DesignPoint withEpochs(int epochs) {
    train::Recipe recipe;
    recipe.epochs = epochs;
    return design::DesignPoint().withRecipe(recipe);
}

class StoreTest : public ::testing::Test {
protected:
    StoreTest() {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        m_folder = std::filesystem::path(::testing::TempDir()) /
                   (std::string("mantissa_") + test->test_suite_name() + "_" + test->name());
        std::filesystem::remove_all(m_folder);
        std::filesystem::create_directories(m_folder);
        m_file = m_folder / "store.mantissa";
    }
    ~StoreTest() override {
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }

    Store open(Access access = Access::ReadWrite) const {
        auto store = Store::open(m_file, access);
        if (!store) {
            throw std::runtime_error(store.error().text());
        }
        return std::move(*store);
    }
    Error openError(Access access = Access::ReadWrite) const {
        const auto store = Store::open(m_file, access);
        EXPECT_FALSE(store);
        return store ? Error{} : store.error();
    }

    std::filesystem::path m_folder;
    std::filesystem::path m_file;
};

}  // namespace mantissa::store
