// SPDX-License-Identifier: GPL-3.0-or-later
// A message in place: what is wrong, where, and what to do about it.
#pragma once

#include <QFrame>
#include <optional>

#include "core/error.h"

class QLabel;

namespace mantissa::ui {

/// Hidden while there is nothing to say. Icon, text and colour say the same.
class ErrorLabel : public QFrame {
    Q_OBJECT

public:
    explicit ErrorLabel(QWidget* parent = nullptr);

    void setError(const std::optional<Error>& error);
    void setWarning(const QString& text);  ///< empty: hides the label
    QString text() const;                  ///< plain, as a screen reader says it

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void show(const QIcon& icon, const QString& plain, const QString& rich);

    QLabel* m_icon = nullptr;
    QLabel* m_text = nullptr;
    QString m_plain;
};

}  // namespace mantissa::ui
