// SPDX-License-Identifier: GPL-3.0-or-later
// What trained weights are worth under the formats being edited: one line of text.
#pragma once

#include <QLabel>

#include "core/error.h"

namespace mantissa::ui {

/// Measured on the first images of the test set.
struct AccuracyWithoutRetraining {
    double accuracy = 0;   ///< under the formats as they are now, 0..1
    double asTrained = 0;  ///< of the same images under the formats of the training
    qint64 images = 0;     ///< of the test set
    bool allImages = false;
    QString trained;  ///< whose weights they are
};

/// Hidden until there is something to say.
class AccuracyLine : public QLabel {
    Q_OBJECT

public:
    explicit AccuracyLine(QWidget* parent = nullptr);

    void setAccuracy(const mantissa::ui::AccuracyWithoutRetraining& accuracy);
    void setProblem(const mantissa::Error& error);
    /// What is shown is of another design, and its successor is under way.
    void setStale() { setEnabled(false); }
};

}  // namespace mantissa::ui
