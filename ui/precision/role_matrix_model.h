// SPDX-License-Identifier: GPL-3.0-or-later
// Roles by passes: the format that each operand of a scope ends up with, and where it was said.
#pragma once

#include <QAbstractTableModel>
#include <array>
#include <optional>

#include "core/design/design_point.h"

namespace mantissa::ui {

/// A row a role, the operands of the passes before what is kept between them; four columns: what is
/// said for all passes, then each pass. A cell whose pass does not use the role is empty and
/// disabled.
class RoleMatrixModel : public QAbstractTableModel {
    Q_OBJECT

public:
    static constexpr int kOperandRows = 4;
    static constexpr int kRows = 9;  ///< with what no product reads
    static constexpr int kColumns = 4;

    static constexpr int kOverriddenRole = Qt::UserRole + 10;
    static constexpr int kDiffersRole = Qt::UserRole + 11;

    struct Cell {
        design::RoleKey key;
        bool applicable = false;
        design::ResolvedFormat resolved;
        bool overridden = false;  ///< said in this very scope, for this very key
        bool differs = false;     ///< from the baseline
        numerics::TensorFormat baseline;
    };

    explicit RoleMatrixModel(QObject* parent = nullptr);

    /// A scope with what its layer is, so that kind defaults and skip lists are found.
    struct Shown {
        design::PlanScope scope;
        std::string kind;
        bool kept = false;            ///< on the plan's skip list
        bool keptInBaseline = false;  ///< on the baseline's
        design::PlanSite site() const { return {scope.layer, kind, kept}; }
    };
    void show(const design::PrecisionPlan& plan, const design::PrecisionPlan& baseline,
              const Shown& shown);
    const Cell& cell(const QModelIndex& index) const;
    QModelIndex indexOf(const design::RoleKey& key) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    QString displayText(const Cell& cell) const;
    QString toolTip(const Cell& cell) const;

    std::array<std::array<Cell, kColumns>, kRows> m_cells;
    Shown m_shown;
};

}  // namespace mantissa::ui
