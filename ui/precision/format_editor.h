// SPDX-License-Identifier: GPL-3.0-or-later
// One tensor format in controls: preset, family, the family's parameters, rounding.
#pragma once

#include <QWidget>
#include <vector>

#include "core/numerics/registry.h"
#include "ui/precision/format_change.h"

class QComboBox;
class QBoxLayout;
class QLabel;
class QToolButton;

namespace mantissa::ui {

template <typename S>
class ParamForm;

/// What is set all the time is in sight; what a format rarely needs is under "More", which opens by
/// itself for a format that has it.
class FormatEditor : public QWidget {
    Q_OBJECT

public:
    explicit FormatEditor(QWidget* parent = nullptr);

    /// `inherited`: what "reset" of a slider goes back to.
    void setFormat(const numerics::TensorFormat& format, const numerics::TensorFormat& inherited);
    const numerics::TensorFormat& format() const { return m_format; }
    void endGesture();

signals:
    void changed(const mantissa::ui::FormatChange& change, quint64 gesture);

private:
    using Form = ParamForm<numerics::Format>;
    using RandomForm = ParamForm<numerics::TensorFormat>;
    void addForms();
    void addCombos(QBoxLayout* top, QBoxLayout* bottom);
    void addRandomBits(QBoxLayout* column);
    void addMore(QBoxLayout* line);
    void alignLabels();
    void orderTabs();
    void showMore();
    void onPreset(int index);
    void onFamily(int index);
    void onRounding(int index);
    void onParameter(int family, int index, double value, quint64 gesture);
    void showResets(Form& form, const numerics::Format& inherited);
    void showFacts();

    numerics::TensorFormat m_format;
    QComboBox* m_preset = nullptr;
    QComboBox* m_family = nullptr;
    QComboBox* m_rounding = nullptr;
    RandomForm* m_random = nullptr;  ///< of stochastic rounding
    std::vector<Form*> m_forms;      ///< one a family
    std::vector<QWidget*> m_pages;   ///< its rarely used parameters
    QLabel* m_presetLabel = nullptr;
    QLabel* m_roundingLabel = nullptr;
    QToolButton* m_more = nullptr;
    QWidget* m_morePart = nullptr;
    QLabel* m_facts = nullptr;
    QLabel* m_source = nullptr;
    bool m_moreWanted = false;     ///< the user opened it
    bool m_moreDismissed = false;  ///< the user closed what had opened by itself
};

}  // namespace mantissa::ui
