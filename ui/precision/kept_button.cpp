// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/precision/kept_button.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>
#include <algorithm>
#include <array>

#include "core/numerics/registry.h"
#include "ui/common/text.h"
#include "ui/precision/format_text.h"

namespace mantissa::ui {
namespace {

constexpr std::array kUsual{"fp32", "bf16", "fp16", "fp8_e4m3"};

}  // namespace

KeptButton::KeptButton(QWidget* parent) : QToolButton(parent) {
    setObjectName(QStringLiteral("kept"));
    setToolTip(
        tr("Layers that keep one format in all passes, whatever the network and their kind "
           "are given; what a layer is given itself still counts.\nPrecision control leaves "
           "them alone."));
    setPopupMode(QToolButton::InstantPopup);
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    setFocusPolicy(Qt::StrongFocus);
    auto* menu = new QMenu(this);
    for (const auto& kind : design::keptKinds()) {
        auto* action = menu->addAction(toQt(kind.label));
        action->setObjectName(QStringLiteral("kept_") + toQt(kind.id));
        action->setCheckable(true);
        m_layers.push_back(action);
        connect(action, &QAction::triggered, this, [this, member = kind.member](bool checked) {
            m_kept.*member = checked;
            if (!m_kept.any()) {
                m_kept.format = {};
            }
            show();
            emit edited();
        });
    }
    menu->addSeparator();
    m_formats = new QActionGroup(menu);
    setMenu(menu);
    for (const char* text : kUsual) {
        if (auto format = numerics::parseFormat(text)) {
            addFormat({*std::move(format), {}});
        }
    }
    show();
}

void KeptButton::addFormat(const numerics::TensorFormat& format) {
    auto* action = menu()->addAction(tr("in %1").arg(shortFormatText(format.format)));
    action->setToolTip(roundingSentence(format));
    action->setCheckable(true);
    m_formats->addAction(action);
    m_choices.push_back(format);
    connect(action, &QAction::triggered, this, [this, format] {
        m_kept.format = format;
        show();
        emit edited();
    });
}

void KeptButton::setKept(const design::KeptLayers& kept) {
    m_kept = kept;
    if (std::find(m_choices.begin(), m_choices.end(), kept.format) == m_choices.end()) {
        addFormat(kept.format);  // from a file
    }
    show();
}

void KeptButton::show() {
    QStringList names;
    const auto kinds = design::keptKinds();
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const bool isKept = m_kept.*(kinds[i].member);
        m_layers[i]->setChecked(isKept);
        if (isKept) {
            names.append(toQt(kinds[i].id));
        }
    }
    for (std::size_t i = 0; i < m_choices.size(); ++i) {
        auto* action = m_formats->actions().at(static_cast<qsizetype>(i));
        action->setEnabled(m_kept.any());
        action->setChecked(m_choices[i] == m_kept.format);
    }
    const QString list = names.join(QStringLiteral(", "));
    setText(names.isEmpty()
                ? tr("&Keep")
                : tr("&Keep: %1 in %2").arg(list, shortFormatText(m_kept.format.format)));
    setAccessibleName(names.isEmpty() ? tr("Kept layers: none") : tr("Kept layers: %1").arg(list));
}

}  // namespace mantissa::ui
