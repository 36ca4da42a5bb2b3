// SPDX-License-Identifier: GPL-3.0-or-later
// What the pages of the hardware panel have in common.
#pragma once

#include <QWidget>

class QComboBox;
class QGridLayout;

namespace mantissa::ui {

/// Labelled combo boxes, as many beside each other as fit; the rest below.
class ChoiceRow : public QWidget {
    Q_OBJECT

public:
    explicit ChoiceRow(QWidget* parent = nullptr);
    /// `label` with its mnemonic; `help`: accessible name and tool-tip.
    QComboBox* add(const QString& label, const QString& objectName, const QString& help);
    void setChoiceVisible(QComboBox* choice, bool visible);
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Choice {
        QWidget* label;
        QComboBox* combo;
        bool visible = true;
    };
    void arrange();
    int choiceWidth() const;

    QGridLayout* m_grid = nullptr;
    QList<Choice> m_choices;
    int m_columns = 0;
};

}  // namespace mantissa::ui
