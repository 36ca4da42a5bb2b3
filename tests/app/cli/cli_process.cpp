// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <cstdlib>
#include <stdexcept>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/design/design_json.h"
#include "core/design/precision_plan.h"
#include "core/numerics/format.h"
#include "tests/support/tiny_dataset.h"

namespace mantissa::test {
namespace {

constexpr int kTrainImages = 256;
constexpr int kTestImages = 64;
constexpr int kCannotStart = 127;

[[noreturn]] void becomeCli(const std::vector<std::string>& arguments,
                            const std::filesystem::path& folder, const std::string& out,
                            const std::string& err) {
    std::vector<std::string> words{MANTISSA_CLI};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (auto& word : words) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
    constexpr int kMode = 0600;
    if (chdir(folder.c_str()) != 0 || dup2(open(out.c_str(), kFlags, kMode), STDOUT_FILENO) < 0 ||
        dup2(open(err.c_str(), kFlags, kMode), STDERR_FILENO) < 0) {
        _exit(kCannotStart);
    }
    setenv("MANTISSA_DB", "results.db", 1);
    setenv("MANTISSA_FASHION_MNIST", "data", 1);
    execv(MANTISSA_CLI, pointers.data());
    _exit(kCannotStart);
}

}  // namespace

CliTest::CliTest() {
    writeTinyFashionMnist(m_folder / "data", kTrainImages, kTestImages);
    writeFile(m_folder / "fp32.json", designJson("tiny fp32", 2, "fp32"));
    writeFile(m_folder / "bfp.json", designJson("tiny bfp", 2, "bfp<6,block=16>"));
    writeFile(m_folder / "long.json", designJson("long", 1000, "fp32"));
}

pid_t CliTest::start(const std::vector<std::string>& arguments, const std::string& name) {
    const std::string out = path(name + ".out");
    const std::string err = path(name + ".err");
    const pid_t child = fork();
    if (child == 0) {
        becomeCli(arguments, m_folder.path(), out, err);
    }
    if (child < 0) {
        throw std::runtime_error("cannot fork");
    }
    return child;
}

CliResult CliTest::finish(pid_t child, const std::string& name) {
    int status = 0;
    if (waitpid(child, &status, 0) != child) {
        throw std::runtime_error("cannot wait for the program");
    }
    constexpr int kSignalExit = 128;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : kSignalExit + WTERMSIG(status),
            readFile(path(name + ".out")), readFile(path(name + ".err"))};
}

CliResult CliTest::cli(const std::vector<std::string>& arguments) {
    return finish(start(arguments, "cli"), "cli");
}

std::string designJson(const std::string& name, int epochs, const std::string& format) {
    nn::NetworkSpec network;
    network.layers = {{"flatten", nn::Flatten{}, {}},
                      {"hidden", nn::Linear{16, true}, {}},
                      {"relu", nn::Relu{}, {}},
                      {"out", nn::Linear{10, true}, {}}};
    train::Recipe recipe;
    recipe.epochs = epochs;
    recipe.batch = 32;
    design::PrecisionPlan plan;
    for (const auto role : design::allRoles()) {
        plan = design::withFormat(
            plan, {}, {role, std::nullopt},
            {numerics::parseFormat(format).value(), numerics::Rounding::NearestEven});
    }
    return design::toJson(
        design::DesignPoint().withName(name).withNetwork(network).withRecipe(recipe).withPrecision(
            plan));
}

}  // namespace mantissa::test
