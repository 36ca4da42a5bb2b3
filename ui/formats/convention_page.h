// SPDX-License-Identifier: GPL-3.0-or-later
// What published systems do with a format, and a button to do it like them.
#pragma once

#include <QWidget>

#include "ui/precision/format_change.h"

class QCheckBox;
class QComboBox;
class QPushButton;
class QTextBrowser;

namespace mantissa::ui {

class ConventionPage : public QWidget {
    Q_OBJECT

public:
    explicit ConventionPage(QWidget* parent = nullptr);

    /// Whose kind the facts are about.
    void setFormat(const numerics::TensorFormat& format);

signals:
    void adoptRequested(const mantissa::ui::FormatChange& change,
                        mantissa::numerics::TensorUse use);

private:
    const numerics::Convention& convention() const;
    numerics::TensorUse use() const;
    void describe();

    numerics::TensorFormat m_format;
    QComboBox* m_choice = nullptr;
    QCheckBox* m_gradient = nullptr;
    QPushButton* m_adopt = nullptr;
    QTextBrowser* m_text = nullptr;
    QString m_html;
};

}  // namespace mantissa::ui
