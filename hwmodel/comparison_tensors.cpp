// SPDX-License-Identifier: GPL-3.0-or-later
// Designs side by side, tensor by tensor: bits and what they lose.
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "hwmodel/comparison_rows.h"
#include "hwmodel/tensor_bits.h"

namespace mantissa::hw {
namespace {

/// Of a tensor: "weight" of "weight@forward".
std::string_view tensorOf(std::string_view operand) {
    return operand.substr(0, operand.find('@'));
}

/// "weight, input gradient" of "weight@input_gradient".
std::string tensorLabel(std::string_view operand) {
    std::string label;
    for (const char c : operand) {
        label += c == '_' ? " " : c == '@' ? ", " : std::string(1, c);
    }
    return label;
}

/// A row of what `lossOf` finds among the losses of each run.
template <typename LossOf>
void addLossRow(std::vector<ComparisonRow>& rows, std::span<const ComparedPoint> designs,
                const std::string& path, const std::string& label, const LossOf& lossOf) {
    ComparisonRow row{"/results/sqnr_db/" + path,
                      "SQNR: " + label,
                      FigureSource::Measured,
                      FigureKind::Decibels,
                      {}};
    for (const auto& design : designs) {
        auto& cell = row.cells.emplace_back();
        if (design.run && design.run->watched) {
            const std::optional<double> loss = lossOf(*design.run);
            if (loss && std::isfinite(*loss)) {
                cell.number = loss;
            } else {
                cell.text = !loss ? "not rounded" : *loss > 0 ? "exact" : "lost (NaN or Inf)";
            }
        }
        const auto& first = row.cells.front();
        cell.differs = cell.number != first.number || cell.text != first.text;
        setDelta(cell, cell.number, first.number, row.deltaUnit());
    }
    rows.push_back(std::move(row));
}

/// Every loss of a run in the order of the first run that has it, by a name each.
template <typename NameOf>
std::vector<std::string> lossNames(std::span<const ComparedPoint> designs, const NameOf& nameOf) {
    std::vector<std::string> names;
    for (const auto& design : designs) {
        if (!design.run) {
            continue;
        }
        for (const auto& loss : design.run->losses) {
            auto name = nameOf(loss);
            if (std::find(names.begin(), names.end(), name) == names.end()) {
                names.push_back(std::move(name));
            }
        }
    }
    return names;
}

/// The mean over the layers and passes that lost anything of a tensor.
std::optional<double> meanLoss(const MeasuredRun& run, std::string_view tensor) {
    std::optional<train::SqnrMean> mean;
    for (const auto& loss : run.losses) {
        if (tensorOf(loss.operand) == tensor) {
            if (!mean) {
                mean.emplace();
            }
            mean->add(loss.sqnrDb);
        }
    }
    return mean ? std::optional(mean->value()) : std::nullopt;
}

void addBitsRows(std::vector<ComparisonRow>& rows, std::span<const ComparedPoint> designs) {
    std::vector<std::vector<TensorBits>> all;
    std::vector<std::string> tensors;
    for (const auto& design : designs) {
        for (const auto& one : all.emplace_back(tensorBits(design.design))) {
            if (std::find(tensors.begin(), tensors.end(), one.tensor) == tensors.end()) {
                tensors.push_back(one.tensor);
            }
        }
    }
    for (const auto& tensor : tensors) {
        ComparisonRow row{"/results/bits_per_element/" + tensor,
                          "Bits an element: " + tensorLabel(tensor),
                          FigureSource::Modelled,
                          FigureKind::BitsPerElement,
                          {}};
        for (const auto& bits : all) {
            auto& cell = row.cells.emplace_back();
            const auto found = std::find_if(bits.begin(), bits.end(),
                                            [&](const auto& one) { return one.tensor == tensor; });
            if (found != bits.end()) {
                cell.number = found->bits;
            }
            cell.differs = cell.number != row.cells.front().number;
            setDelta(cell, cell.number, row.cells.front().number, row.deltaUnit());
        }
        rows.push_back(std::move(row));
    }
}

}  // namespace

void addTensorRows(std::vector<ComparisonRow>& rows, std::span<const ComparedPoint> designs) {
    addBitsRows(rows, designs);
    const auto tensors =
        lossNames(designs, [](const auto& loss) { return std::string(tensorOf(loss.operand)); });
    for (const auto& tensor : tensors) {
        addLossRow(rows, designs, tensor, tensorLabel(tensor),
                   [&](const MeasuredRun& run) { return meanLoss(run, tensor); });
    }
}

void addLayerRows(std::vector<ComparisonRow>& rows, std::span<const ComparedPoint> designs) {
    const auto nameOf = [](const train::OperandLoss& loss) {
        return loss.layer + "/" + loss.operand;
    };
    for (const auto& name : lossNames(designs, nameOf)) {
        const auto slash = name.rfind('/');
        const auto label = name.substr(0, slash) + ", " + tensorLabel(name.substr(slash + 1));
        addLossRow(rows, designs, name, label, [&](const MeasuredRun& run) {
            const auto found = std::find_if(run.losses.begin(), run.losses.end(),
                                            [&](const auto& loss) { return nameOf(loss) == name; });
            return found == run.losses.end() ? std::nullopt : std::optional(found->sqnrDb);
        });
    }
}

}  // namespace mantissa::hw
