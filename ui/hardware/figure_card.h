// SPDX-License-Identifier: GPL-3.0-or-later
// One headline figure: its value with unit, its ratio to the baseline, and what it rests on.
#pragma once

#include <QFrame>
#include <vector>

class QLabel;

namespace mantissa::ui {

class FigureCard : public QFrame {
    Q_OBJECT

public:
    explicit FigureCard(const QString& title, QWidget* parent = nullptr);

    /// `ratio`: e.g. "0.23× baseline", may be empty; `note`: small print, e.g. "modelled".
    void setFigure(const QString& value, const QString& ratio, const QString& note);
    QString value() const;
    QString ratio() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void applyFont();

    QString m_title;
    QLabel* m_heading = nullptr;
    QLabel* m_value = nullptr;
    QLabel* m_ratio = nullptr;
    QLabel* m_note = nullptr;
};

/// Cards side by side in as many equal columns as fit.
class CardRow : public QWidget {
    Q_OBJECT

public:
    explicit CardRow(QWidget* parent = nullptr) : QWidget(parent) {}

    void addCard(FigureCard* card);
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Grid {
        int columns = 1;
        int rows = 1;
        int cardHeight = 0;
        int gap = 0;
    };
    Grid gridFor(int width) const;

    std::vector<FigureCard*> m_cards;
};

}  // namespace mantissa::ui
