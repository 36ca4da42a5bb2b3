// SPDX-License-Identifier: GPL-3.0-or-later
// Number formats side by side: their values, bits by block size, error on known data and a tensor.
#pragma once

#include <QWidget>
#include <memory>
#include <vector>

#include "core/design/precision_plan.h"
#include "core/error.h"
#include "ui/formats/format_charts.h"

namespace mantissa::ui {

class Chart;

/// The tensor that formats are tried on besides the distributions.
struct TensorChoice {
    enum class Kind { None, File, Operand };
    Kind kind = Kind::None;
    QString file;   ///< File
    QString layer;  ///< Operand
    design::Role role = design::Role::Weight;
    bool operator==(const TensorChoice&) const = default;
};

/// What the page wants to know. The app answers with setStudies() or setError(); of several
/// requests the latest counts.
struct FormatsRequest {
    numerics::StudyRequest study;
    double dataScale = 1;
    TensorChoice tensor;
};

class FormatsPanel : public QWidget {
    Q_OBJECT

public:
    explicit FormatsPanel(QWidget* parent = nullptr);
    ~FormatsPanel() override;

    void setFormats(const std::vector<numerics::TensorFormat>& formats);
    std::vector<numerics::TensorFormat> formats() const;
    /// Layers of the design whose operands may be chosen; asks anew where one is.
    void setLayers(const QStringList& layers);
    void setTensorFile(const QString& file);  ///< as the answer to tensorFileRequested
    void setStudies(const FormatStudies& studies);
    void setError(const Error& error);
    /// Asks for what is shown; further edits ask by themselves.
    void request();
    std::vector<Chart*> charts() const;
    /// The table as a file: UTF-8, comma, LF, point as decimal mark; the last two columns say what
    /// the data were and which program made them.
    QByteArray tableCsv(const QString& version) const;

signals:
    void studyRequested(const mantissa::ui::FormatsRequest& request);
    void tensorFileRequested();
    void tableExportRequested();

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace mantissa::ui
