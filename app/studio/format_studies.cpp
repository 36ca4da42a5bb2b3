// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/format_studies.h"

#include <QFileInfo>
#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "app/studio/background.h"
#include "app/studio/operand_sampler.h"
#include "core/data/npy.h"

namespace mantissa::app {
namespace {

constexpr std::uint64_t kSeed = 1;

Result<numerics::StudyTensor> tensorOfFile(const QString& file) {
    return data::readNpy(file.toStdString())
        .and_then([&](data::NpyArray array) -> Result<numerics::StudyTensor> {
            if (array.values.empty()) {
                return fail(ErrorCode::InvalidInput, "the array holds no values",
                            file.toStdString(), "open a file with at least one value");
            }
            // A single value has no axis; it is quantised as a tensor of one element.
            Shape shape = array.shape.empty() ? Shape{1} : array.shape;
            const int axis = static_cast<int>(shape.size()) - 1;
            QString origin =
                QObject::tr("%1, %2 values, blocks along the last axis")
                    .arg(QFileInfo(file).fileName(), QString::fromStdString(shapeText(shape)));
            if (array.rounded > 0) {
                origin += QObject::tr("; %1 of them rounded to float32 first, %2 to infinity")
                              .arg(array.rounded)
                              .arg(array.overflowed);
            }
            return numerics::StudyTensor{QFileInfo(file).completeBaseName().toStdString(),
                                         origin.toStdString(), std::move(array.values),
                                         std::move(shape), axis};
        });
}

}  // namespace

/// The data of the last request, since most requests change the formats alone.
class FormatStudyService::Bench {
public:
    Result<ui::FormatStudies> study(const ui::FormatsRequest& request,
                                    const design::DesignPoint& design,
                                    const std::filesystem::path& datasetFolder,
                                    const std::stop_token& stop) {
        if (m_scale != request.dataScale) {
            auto made = numerics::distributionTensors(request.dataScale, kSeed);
            m_tensors.resize(std::max(m_tensors.size(), made.size()));
            std::move(made.begin(), made.end(), m_tensors.begin());
            m_scale = request.dataScale;
        }
        if (const auto taken = takeOwn(request.tensor, design, datasetFolder); !taken) {
            return tl::unexpected(taken.error());
        }
        return numerics::studyFormats(request.study, m_tensors, stop)
            .map([&](std::vector<numerics::FormatStudy> studies) {
                ui::FormatStudies answer{request.study, {}, std::move(studies)};
                for (const auto& tensor : m_tensors) {
                    answer.sources.push_back({QString::fromStdString(tensor.name),
                                              QString::fromStdString(tensor.origin)});
                }
                return answer;
            });
    }

private:
    /// Puts the user's tensor behind the distributions; a file is read again only where it changed.
    Result<void> takeOwn(const ui::TensorChoice& choice, const design::DesignPoint& design,
                         const std::filesystem::path& datasetFolder) {
        const bool isFile = choice.kind == ui::TensorChoice::Kind::File;
        std::error_code ignored;
        const auto written =
            isFile ? std::filesystem::last_write_time(choice.file.toStdString(), ignored)
                   : std::filesystem::file_time_type();
        const bool known = m_tensors.size() > numerics::kDistributions.size();
        if (isFile && known && choice == m_choice && written == m_written) {
            return {};
        }
        m_tensors.resize(numerics::kDistributions.size());
        if (choice.kind == ui::TensorChoice::Kind::None) {
            return {};
        }
        auto tensor = isFile ? tensorOfFile(choice.file)
                             : m_sampler.operand(design, choice.layer.toStdString(), choice.role,
                                                 datasetFolder);
        return std::move(tensor).map([&](numerics::StudyTensor&& own) {
            m_tensors.push_back(std::move(own));
            m_choice = choice;
            m_written = written;
        });
    }

    std::optional<double> m_scale;
    std::vector<numerics::StudyTensor> m_tensors;  ///< the distributions first
    ui::TensorChoice m_choice;                     ///< what stands behind them
    std::filesystem::file_time_type m_written;
    OperandSampler m_sampler;
};

FormatStudyService::FormatStudyService(QObject* parent)
    : QObject(parent), m_bench(std::make_shared<Bench>()) {}

FormatStudyService::~FormatStudyService() = default;

void FormatStudyService::request(const ui::FormatsRequest& request,
                                 const design::DesignPoint& design) {
    m_job.request([this, bench = m_bench, request, design,
                   folder = m_datasetFolder](const std::stop_token& stop) -> LatestJob::Deliver {
        auto answer = withoutExceptions<ui::FormatStudies>(
            "study of formats", [&] { return bench->study(request, design, folder, stop); });
        return [this, answer = std::move(answer)] {
            if (answer) {
                emit ready(*answer);
            } else {
                emit failed(answer.error());
            }
        };
    });
}

}  // namespace mantissa::app
