// SPDX-License-Identifier: GPL-3.0-or-later
// What the window remembers between sessions. Results never go here.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace mantissa::app {

enum class Theme { System, Light, Dark };

/// Every key in one place; values are read and written at once.
class Settings {
public:
    static constexpr int kRecentFiles = 10;

    QStringList recentFiles() const;  ///< newest first, missing files included
    void addRecentFile(const QString& file);
    void clearRecentFiles();

    QByteArray windowGeometry() const;
    QByteArray windowState() const;
    void setWindow(const QByteArray& geometry, const QByteArray& state);

    Theme theme() const;
    void setTheme(Theme theme);

    QString datasetFolder() const;  ///< empty: the usual places
    void setDatasetFolder(const QString& folder);

    QString exportFolder() const;  ///< where the last chart went
    void setExportFolder(const QString& folder);
};

}  // namespace mantissa::app
