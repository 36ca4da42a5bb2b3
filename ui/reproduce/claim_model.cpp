// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reproduce/claim_model.h"

#include <QLocale>
#include <utility>

#include "ui/common/text.h"

namespace mantissa::ui {
namespace {

constexpr int kDigits = 5;

/// Sign and word say the same.
QString verdictText(const ClaimOutcome& outcome) {
    switch (outcome.kind) {
        case ClaimOutcome::Kind::Agrees:
            return QStringLiteral("✓ ") + outcome.verdict;
        case ClaimOutcome::Kind::Differs:
            return QStringLiteral("≠ ") + outcome.verdict;
        case ClaimOutcome::Kind::Other:
            break;
    }
    return outcome.verdict;
}

TableCell claimedCell(const systems::Claim& claim) {
    if (!claim.value) {
        return {QStringLiteral("–"), {}};
    }
    const QString number = QLocale().toString(*claim.value, 'g', kDigits);
    return {claim.unit.empty() ? number : number + QLatin1Char(' ') + toQt(claim.unit),
            *claim.value};
}

}  // namespace

ClaimModel::ClaimModel(QObject* parent) : ColumnTable(parent) {
    setColumns(
        {{tr("Claim"), QStringLiteral("claim"), tr("What was claimed, or is expected"), true},
         {tr("Claimed"), QStringLiteral("claimed"), tr("The figure, where one was claimed")},
         {tr("Obtained"), QStringLiteral("obtained"),
          tr("By training under emulation, mean and deviation over the seeds, or by the hardware "
             "model: a ratio by our synthesis, in brackets by Horowitz' 45 nm table"),
          true},
         {tr("Verdict"), QStringLiteral("verdict"), tr("Whether they agree, and why not"), true},
         {tr("Source"), QStringLiteral("source"),
          tr("Where the claim stands, and how well that is known"), true}});
}

void ClaimModel::setClaims(std::vector<systems::Claim> claims) {
    change(false, [&] {
        m_claims = std::move(claims);
        m_outcomes.clear();
    });
}

void ClaimModel::setOutcomes(ClaimOutcomes outcomes) {
    change(true, [&] { m_outcomes = std::move(outcomes); });
}

int ClaimModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_claims.size());
}

TableCell ClaimModel::cell(int row, int column) const {
    const auto& claim = m_claims[static_cast<std::size_t>(row)];
    const auto found = m_outcomes.find(claim.id);
    const ClaimOutcome outcome = found == m_outcomes.end() ? ClaimOutcome() : found->second;
    switch (column) {
        case Claim:
            return {toQt(claim.text), {}};
        case Claimed:
            return claimedCell(claim);
        case Obtained:
            return {outcome.obtained.isEmpty() ? QStringLiteral("–") : outcome.obtained, {}};
        case Verdict:
            return {verdictText(outcome), {}};
        default:
            return {tr("%1 (%2)").arg(toQt(claim.source),
                                      toQt(systems::infoOf(claim.confidence).label)),
                    {}};
    }
}

}  // namespace mantissa::ui
