// SPDX-License-Identifier: GPL-3.0-or-later
// The accelerator's configuration: array, technology and memory. What the design says is edited
// through the design; the cells that it is priced with are the window's.
#pragma once

#include <QScrollArea>

#include "core/design/design_point.h"
#include "hwmodel/library.h"
#include "ui/common/design_edit.h"
#include "ui/common/param_form.h"

class QComboBox;
class QFormLayout;
class QLabel;

namespace mantissa::ui {

class NumberBox;

class SetupPage : public QScrollArea {
    Q_OBJECT

public:
    explicit SetupPage(QWidget* parent = nullptr);

    void setDesign(const design::DesignPoint& design);
    /// The cells that the next estimates are priced with: one of the known libraries, or another.
    void setLibrary(const hw::Library& library);
    void setTechnologyText(const QString& text);  ///< what the estimate says it is of

signals:
    void editRequested(const mantissa::ui::DesignEdit& edit);
    void libraryChanged(const mantissa::hw::Library& library);
    void libertyRequested();  ///< the user wants to choose a file

private:
    using Form = ParamForm<design::HardwareConfig>;
    QWidget* makeGroup(const QString& title, QWidget* content);
    void addCells(QFormLayout& form);
    std::vector<int> indicesOf(std::initializer_list<std::string_view> ids) const;
    void configure(int index, double value, quint64 gesture);
    void chooseLibrary(int index);
    void editCells();
    void showMemory();

    design::DesignPoint m_design;
    hw::Library m_library;
    Form* m_form = nullptr;
    QComboBox* m_cells = nullptr;
    NumberBox* m_nand2 = nullptr;
    NumberBox* m_flipFlop = nullptr;
    QLabel* m_cellNote = nullptr;
    QLabel* m_memoryNote = nullptr;
    QLabel* m_technology = nullptr;
};

}  // namespace mantissa::ui
