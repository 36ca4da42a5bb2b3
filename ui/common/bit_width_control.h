// SPDX-License-Identifier: GPL-3.0-or-later
// Slider, spin box and typed value in one control, for bit widths, block sizes and counts.
#pragma once

#include <QWidget>
#include <optional>

#include "core/param_spec.h"

class QSlider;

namespace mantissa::ui {

class NumberBox;

/// The slider stops at every legal value, or at powers of two where the spec says so; the box also
/// takes the values between them that the spec allows (a block of 24). One drag, one typing and one
/// run of keys is one gesture; a value set from outside ends it. Double-click on the slider or the
/// context menu goes back to the reset value.
class BitWidthControl : public QWidget {
    Q_OBJECT

public:
    explicit BitWidthControl(const ParamSpec& spec, QWidget* parent = nullptr);

    double value() const;
    void setValue(double value);  ///< of the model: emits nothing
    /// Narrows the range of the spec to what is legal beside the other settings; emits nothing. The
    /// model's value must lie inside.
    void setLegalRange(double minimum, double maximum);
    /// What "reset" means: `text` names it, e.g. "Reset to inherited (8)".
    void setReset(double value, const QString& text);
    void endGesture();
    QSlider* slider() const { return m_slider; }
    NumberBox* box() const { return m_box; }

signals:
    void edited(double value, quint64 gesture);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    int positionOf(double value) const;
    double valueAt(int position) const;
    void onSliderMoved(int position);
    void onBoxChanged(double value);
    void edit(double value);
    void resetValue();
    void showMenu(const QPoint& globalPosition, bool onBox);

    ParamSpec m_spec;
    QSlider* m_slider = nullptr;
    NumberBox* m_box = nullptr;
    double m_value = 0;
    double m_reset = 0;
    QString m_resetText;
    quint64 m_gesture = 0;  ///< 0: the next edit draws a new one
};

}  // namespace mantissa::ui
