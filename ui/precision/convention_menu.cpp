// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/precision/convention_menu.h"

#include <QMenu>

#include "ui/common/text.h"

namespace mantissa::ui {

QMenu* makeConventionMenu(QWidget* parent,
                          const std::function<void(const numerics::Convention&)>& adopt) {
    auto* menu = new QMenu(parent);
    menu->setToolTipsVisible(true);
    for (const auto& convention : numerics::conventions()) {
        auto* action = menu->addAction(toQt(convention.label));
        action->setToolTip(toQt(convention.system));
        QObject::connect(action, &QAction::triggered, menu,
                         [&convention, adopt] { adopt(convention); });
    }
    return menu;
}

}  // namespace mantissa::ui
