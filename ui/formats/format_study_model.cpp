// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/formats/format_study_model.h"

#include "ui/common/number_text.h"
#include "ui/precision/format_text.h"

namespace mantissa::ui {
namespace {

/// "sqnr_db_log_normal".
QString rawName(const QString& figure, const QString& source) {
    QString text;
    for (const QChar c : source.toLower()) {
        if (c.isLetterOrNumber()) {
            text += c;
        } else if (!text.endsWith(QLatin1Char('_'))) {
            text += QLatin1Char('_');
        }
    }
    return figure + QLatin1Char('_') + text;
}

}  // namespace

FormatStudyModel::FormatStudyModel(QObject* parent) : ColumnTable(parent) {
    setColumns(columnsOf({}));
}

std::vector<TableColumn> FormatStudyModel::columnsOf(const std::vector<StudySource>& sources) {
    std::vector<TableColumn> columns{
        {tr("Format"), QStringLiteral("format"), tr("Name and rounding"), true},
        {tr("Spelling"), QStringLiteral("spelling"),
         tr("What the spelling field, designs and the command line read"), true},
        {tr("Bits"), QStringLiteral("bits_per_element"),
         tr("Stored bits an element; what full blocks share is spread over their elements")},
        {tr("Values"), QStringLiteral("positive_values"),
         tr("Positive values, of a block format in one block")},
        {tr("Largest"), QStringLiteral("largest"), tr("Largest finite magnitude")},
        {tr("Smallest normal"), QStringLiteral("smallest_normal"),
         tr("Smallest magnitude at full precision")},
        {tr("Smallest step"), QStringLiteral("smallest_step"),
         tr("Smallest magnitude that is not zero")}};
    for (const auto& source : sources) {
        const QString on = QStringLiteral("\n%1: %2").arg(source.name, source.origin);
        columns.push_back({tr("SQNR, %1").arg(source.name),
                           rawName(QStringLiteral("sqnr_db"), source.name),
                           tr("Signal to quantisation noise ratio; exact: no error at all") + on});
        columns.push_back({tr("Clipped"), rawName(QStringLiteral("clipped_share"), source.name),
                           tr("Share of elements that the largest code cut") + on});
        columns.push_back({tr("Flushed"), rawName(QStringLiteral("flushed_share"), source.name),
                           tr("Share of non-zero elements that became zero") + on});
    }
    return columns;
}

void FormatStudyModel::setStudies(const FormatStudies& shown) {
    const bool same =
        shown.studies.size() == m_shown.studies.size() && shown.sources == m_shown.sources;
    change(same, [&] {
        m_shown = shown;
        setColumns(columnsOf(shown.sources));
    });
}

int FormatStudyModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_shown.studies.size());
}

TableCell FormatStudyModel::rangeCell(const numerics::FormatStudy& study, double value) {
    return {magnitudeOfText(study.range, value), value,
            study.range.relative ? tr("In units of a scale that each block takes from its data")
                                 : QString()};
}

TableCell FormatStudyModel::cell(int row, int column) const {
    const auto& study = m_shown.studies[static_cast<std::size_t>(row)];
    switch (column) {
        case Name:
            return {studyName(study.format), {}};
        case Spelling:
            return {QString::fromStdString(numerics::formatText(study.format.format)), {}};
        case Bits:
            return {bitsPerElementText(study.bitsPerElement), study.bitsPerElement};
        case Values:
            return {countText(study.grid.positiveCount()), study.grid.positiveCount()};
        case Largest:
            return rangeCell(study, study.range.largest);
        case Normal:
            return rangeCell(study, study.range.smallestNormal);
        case Step:
            return rangeCell(study, study.range.smallestStep);
        default:
            break;
    }
    const int place = column - FirstSource;
    const auto& error = study.errors[static_cast<std::size_t>(place / kColumnsPerSource)];
    switch (place % kColumnsPerSource) {
        case 0:
            return {decibelText(error.sqnrDb()), error.sqnrDb()};
        case 1:
            return {percentText(error.clippedShare()), error.clippedShare()};
        default:
            return {percentText(error.flushedShare()), error.flushedShare()};
    }
}

}  // namespace mantissa::ui
