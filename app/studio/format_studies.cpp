// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/format_studies.h"

#include <QFileInfo>
#include <exception>
#include <optional>
#include <utility>

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
            const QString origin =
                QObject::tr("%1, %2 values, blocks along the last axis")
                    .arg(QFileInfo(file).fileName(), QString::fromStdString(shapeText(shape)));
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
            m_tensors = numerics::distributionTensors(request.dataScale, kSeed);
            m_scale = request.dataScale;
        }
        m_tensors.resize(numerics::kDistributions.size());
        if (request.tensor.kind != ui::TensorChoice::Kind::None) {
            auto tensor = own(request.tensor, design, datasetFolder);
            if (!tensor) {
                return tl::unexpected(tensor.error());
            }
            m_tensors.push_back(std::move(*tensor));
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
    Result<numerics::StudyTensor> own(const ui::TensorChoice& choice,
                                      const design::DesignPoint& design,
                                      const std::filesystem::path& datasetFolder) {
        if (choice.kind == ui::TensorChoice::Kind::Operand) {
            return m_sampler.operand(design, choice.layer.toStdString(), choice.role,
                                     datasetFolder);
        }
        if (m_file != choice.file) {
            auto read = tensorOfFile(choice.file);
            if (!read) {
                return read;
            }
            m_file = choice.file;
            m_fileTensor = std::move(*read);
        }
        return m_fileTensor;
    }

    std::optional<double> m_scale;
    std::vector<numerics::StudyTensor> m_tensors;  ///< the distributions first
    QString m_file;
    numerics::StudyTensor m_fileTensor;
    OperandSampler m_sampler;
};

FormatStudyService::FormatStudyService(QObject* parent)
    : QObject(parent), m_bench(std::make_shared<Bench>()) {}

FormatStudyService::~FormatStudyService() = default;

void FormatStudyService::request(const ui::FormatsRequest& request,
                                 const design::DesignPoint& design) {
    m_job.request([this, bench = m_bench, request, design,
                   folder = m_datasetFolder](const std::stop_token& stop) -> LatestJob::Deliver {
        Result<ui::FormatStudies> answer;
        try {
            answer = bench->study(request, design, folder, stop);
        } catch (const std::exception& exception) {
            answer = fail(ErrorCode::Internal, exception.what(), "study of formats");
        }
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
