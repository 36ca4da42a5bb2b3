// SPDX-License-Identifier: GPL-3.0-or-later
// A form built from a table of parameters: layers, recipe, formats and hardware all use this one.
#pragma once

#include <QWidget>
#include <span>
#include <vector>

#include "core/param_spec.h"

class QFormLayout;
class QLabel;

namespace mantissa::ui {

enum class ParamFormStyle {
    Boxes,    ///< spin boxes
    Sliders,  ///< a BitWidthControl where there are few values or powers of two
};

/// The part that does not depend on the struct. Boxes with units, combo boxes for choices, check
/// boxes for switches; tool tips are the parameters' help; what is out of range cannot be entered.
class ParamFormBase : public QWidget {
    Q_OBJECT

public:
    ParamFormBase(std::vector<ParamSpec> specs, ParamFormStyle style, QWidget* parent = nullptr);

    int count() const { return static_cast<int>(m_rows.size()); }
    const ParamSpec& spec(int index) const;
    double value(int index) const;
    void setValue(int index, double value);  ///< of the model: emits nothing
    /// What the context menu of a slider goes back to; without it, the default.
    void setReset(int index, double value, const QString& text);
    /// Of a slider; see BitWidthControl.
    void setLegalRange(int index, double minimum, double maximum);
    void setRowVisible(int index, bool visible);
    void setRowEnabled(int index, bool enabled);
    void setMarked(int index, bool marked);  ///< bold label: differs from the default or baseline
    void endGesture();                       ///< the next edit is an undo step of its own
    int labelWidth() const;  ///< of the widest label; rows on a page of their own do not count
    /// Lines the fields up with those of another form.
    void setLabelWidth(int width);
    /// Shows `index` beside `host` in the host's row; without its label where it is a slider.
    void joinRow(int host, int index);
    /// Takes rows out into a page of their own, for what is rarely changed.
    QWidget* takeOut(const std::vector<int>& indices);
    /// The widget that takes the focus: a box, a combo box or a check box.
    QWidget* editor(int index) const;

signals:
    /// One drag, one typing and one choice each have a gesture number of their own.
    void valueEdited(int index, double value, quint64 gesture);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Row {
        ParamSpec spec;
        QLabel* label = nullptr;
        QWidget* field = nullptr;
        QFormLayout* layout = nullptr;  ///< null: joined to another row
        QWidget* inLayout = nullptr;    ///< the field, or what holds it and those joined to it
        double value = 0;
        quint64 gesture = 0;
    };
    void addRow(std::size_t index, ParamFormStyle style);
    QWidget* makeNumber(std::size_t index, ParamFormStyle style);
    QWidget* makeChoice(std::size_t index);
    QWidget* makeSwitch(std::size_t index);
    void edit(std::size_t index, double value, quint64 gesture);

    QFormLayout* m_layout = nullptr;
    std::vector<Row> m_rows;
};

/// The form of a struct S, bound to its table.
template <typename S>
class ParamForm : public ParamFormBase {
public:
    explicit ParamForm(std::span<const Param<S>> params,
                       ParamFormStyle style = ParamFormStyle::Boxes, QWidget* parent = nullptr)
        : ParamFormBase(specsOf(params), style, parent), m_params(params) {}

    void setValues(const S& value) {
        for (std::size_t i = 0; i < m_params.size(); ++i) {
            setValue(static_cast<int>(i), m_params[i].get(value));
        }
    }
    /// `value` with one parameter set, as valueEdited asks.
    S withValue(S value, int index, double number) const {
        m_params[static_cast<std::size_t>(index)].set(value, number);
        return value;
    }

private:
    static std::vector<ParamSpec> specsOf(std::span<const Param<S>> params) {
        std::vector<ParamSpec> specs;
        for (const auto& param : params) {
            specs.push_back(param.spec);
        }
        return specs;
    }

    std::span<const Param<S>> m_params;
};

}  // namespace mantissa::ui
