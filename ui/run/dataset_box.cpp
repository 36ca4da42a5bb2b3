// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/dataset_box.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>
#include <optional>

#include "core/data/dataset_registry.h"
#include "ui/common/error_label.h"
#include "ui/common/text.h"

namespace mantissa::ui {

DatasetBox::DatasetBox(QWidget* parent) : QWidget(parent) {
    m_names = new QComboBox;
    m_names->setEditable(true);
    m_names->setInsertPolicy(QComboBox::NoInsert);
    m_names->setObjectName(QStringLiteral("dataset"));
    m_names->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_names->setAccessibleName(tr("Data set"));
    QString help = tr("A name, or a kind with its path, for example images:/data/photos.zip.");
    for (const auto& kind : data::datasetKinds()) {
        const bool needsPath = kind.variable == nullptr && kind.checkOptions == nullptr;
        m_names->addItem(toQt(kind.name) + (needsPath ? QStringLiteral(":") : QString()));
        m_names->setItemData(m_names->count() - 1, toQt(kind.help), Qt::ToolTipRole);
        help += QLatin1Char('\n') + toQt(kind.grammar);
    }
    m_names->setToolTip(help);
    m_problem = new ErrorLabel;
    auto* row = new QFormLayout;
    auto* label = new QLabel(tr("Data set"));
    label->setBuddy(m_names);
    row->addRow(label, m_names);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(row);
    layout->addWidget(m_problem);
    // A kind that needs a path is not complete when it is chosen: the user types on.
    connect(m_names, &QComboBox::activated, this, [this] {
        if (!m_names->currentText().endsWith(QLatin1Char(':'))) {
            commit();
        }
    });
    connect(m_names->lineEdit(), &QLineEdit::editingFinished, this, &DatasetBox::commit);
}

void DatasetBox::setDataset(const std::string& name) {
    m_shown = QString::fromStdString(name);
    m_names->setEditText(m_shown);
    m_problem->setError(std::nullopt);
}

void DatasetBox::commit() {
    const QString name = m_names->currentText().trimmed();
    if (name == m_shown) {
        m_problem->setError(std::nullopt);
        return;
    }
    if (const auto legal = data::checkDatasetName(name.toStdString()); !legal) {
        m_problem->setError(legal.error());
        return;
    }
    m_problem->setError(std::nullopt);
    m_shown = name;  // Enter and the loss of focus both end an edit
    emit edited(name);
}

}  // namespace mantissa::ui
