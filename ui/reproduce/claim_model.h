// SPDX-License-Identifier: GPL-3.0-or-later
// The claims about a system: what was claimed, what is obtained here, whether they agree.
#pragma once

#include <QString>
#include <map>
#include <string>
#include <vector>

#include "core/systems/system.h"
#include "ui/common/column_table.h"

namespace mantissa::ui {

/// What came of a claim, in words.
struct ClaimOutcome {
    enum class Kind { Agrees, Differs, Other } kind = Kind::Other;
    QString obtained;  ///< "0.52 ± 0.11 points"; empty: nothing
    QString verdict;   ///< "differs by +12 %: Another node."
};
/// By the claim's id.
using ClaimOutcomes = std::map<std::string, ClaimOutcome, std::less<>>;

class ClaimModel : public ColumnTable {
    Q_OBJECT

public:
    enum Column { Claim, Claimed, Obtained, Verdict, Source, ColumnCount };

    explicit ClaimModel(QObject* parent = nullptr);

    void setClaims(std::vector<systems::Claim> claims);
    /// Claims without one are not known yet.
    void setOutcomes(ClaimOutcomes outcomes);

    int rowCount(const QModelIndex& parent = {}) const override;

protected:
    TableCell cell(int row, int column) const override;

private:
    std::vector<systems::Claim> m_claims;
    ClaimOutcomes m_outcomes;
};

}  // namespace mantissa::ui
