// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/precision/preset_list.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QStandardItemModel>
#include <algorithm>
#include <array>

#include "ui/common/text.h"

namespace mantissa::ui {
namespace {

constexpr int kRowsAtOnce = 30;

/// A heading stands above the format of this name and holds for those behind it.
struct Heading {
    std::string_view first;
    const char* title;
};
constexpr std::array kHeadings{
    Heading{"fp32", QT_TRANSLATE_NOOP("mantissa::ui::FormatEditor", "Floating point")},
    Heading{"fp10_a", QT_TRANSLATE_NOOP("mantissa::ui::FormatEditor", "LightNorm numbers")},
    Heading{"fp8_e5m2", QT_TRANSLATE_NOOP("mantissa::ui::FormatEditor", "FP8")},
    Heading{"fp6_e3m2", QT_TRANSLATE_NOOP("mantissa::ui::FormatEditor", "FP6 and FP4")},
    Heading{"mxfp8_e5m2", QT_TRANSLATE_NOOP("mantissa::ui::FormatEditor", "Microscaling (OCP)")},
    Heading{"msfp16", QT_TRANSLATE_NOOP("mantissa::ui::FormatEditor", "MSFP")},
    Heading{"hbfp4", QT_TRANSLATE_NOOP("mantissa::ui::FormatEditor", "HBFP")},
    Heading{"fb12", QT_TRANSLATE_NOOP("mantissa::ui::FormatEditor", "FlexBlock")},
    Heading{"fast2", QT_TRANSLATE_NOOP("mantissa::ui::FormatEditor", "FAST")},
    Heading{"smx9", QT_TRANSLATE_NOOP("mantissa::ui::FormatEditor", "Shared micro-exponents")},
    Heading{"lightnorm_a", QT_TRANSLATE_NOOP("mantissa::ui::FormatEditor", "LightNorm groups")},
    Heading{"int8", QT_TRANSLATE_NOOP("mantissa::ui::FormatEditor", "Integers and few values")},
};

QString translated(const char* text) {
    return QCoreApplication::translate("mantissa::ui::FormatEditor", text);
}

void addHeading(QComboBox& combo, const QString& title) {
    combo.addItem(title);
    auto* item = static_cast<QStandardItemModel*>(combo.model())->item(combo.count() - 1);
    item->setFlags(Qt::NoItemFlags);
    QFont bold = combo.font();
    bold.setBold(true);
    item->setFont(bold);
}

}  // namespace

void fillPresets(QComboBox& combo) {
    combo.setMaxVisibleItems(kRowsAtOnce);
    combo.addItem(translated(QT_TRANSLATE_NOOP("mantissa::ui::FormatEditor", "Custom")));
    const auto named = numerics::namedFormats();
    for (std::size_t i = 0; i < named.size(); ++i) {
        const auto* const heading =
            std::find_if(kHeadings.begin(), kHeadings.end(),
                         [&](const Heading& one) { return one.first == named[i].name; });
        if (heading != kHeadings.end()) {
            addHeading(combo, translated(heading->title));
        }
        combo.addItem(toQt(named[i].label), static_cast<int>(i));
        combo.setItemData(combo.count() - 1, toQt(named[i].source), Qt::ToolTipRole);
    }
}

void showPreset(QComboBox& combo, const numerics::NamedFormat* preset) {
    const auto named = numerics::namedFormats();
    combo.setCurrentIndex(
        preset == nullptr ? 0 : combo.findData(static_cast<int>(preset - named.data())));
}

const numerics::NamedFormat* presetAt(const QComboBox& combo, int row) {
    const QVariant index = combo.itemData(row);
    return index.isValid() ? &numerics::namedFormats()[static_cast<std::size_t>(index.toInt())]
                           : nullptr;
}

}  // namespace mantissa::ui
