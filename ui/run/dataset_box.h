// SPDX-License-Identifier: GPL-3.0-or-later
// Chooses the data set: a kind from the list, or a name typed with its path.
#pragma once

#include <QWidget>
#include <string>

class QComboBox;

namespace mantissa::ui {

class ErrorLabel;

/// A name that cannot be one is told in place and not passed on.
class DatasetBox : public QWidget {
    Q_OBJECT

public:
    explicit DatasetBox(QWidget* parent = nullptr);

    void setDataset(const std::string& name);  ///< of the model: emits nothing

signals:
    void edited(const QString& name);

private:
    void commit();

    QComboBox* m_names = nullptr;
    ErrorLabel* m_problem = nullptr;
    QString m_shown;  ///< what the model says
};

}  // namespace mantissa::ui
