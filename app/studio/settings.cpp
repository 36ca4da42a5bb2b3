// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/settings.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

namespace mantissa::app {
namespace {

QString key(const char* name) {
    return QString::fromLatin1(name);
}

}  // namespace

QStringList Settings::recentFiles() const {
    return QSettings().value(key("files/recent")).toStringList();
}

void Settings::addRecentFile(const QString& file) {
    const QString path = QFileInfo(file).absoluteFilePath();
    QStringList files = recentFiles();
    files.removeAll(path);
    files.prepend(path);
    QSettings().setValue(key("files/recent"), files.mid(0, kRecentFiles));
}

void Settings::clearRecentFiles() {
    QSettings().remove(key("files/recent"));
}

QByteArray Settings::windowGeometry() const {
    return QSettings().value(key("window/geometry")).toByteArray();
}

QByteArray Settings::windowState() const {
    return QSettings().value(key("window/state")).toByteArray();
}

void Settings::setWindow(const QByteArray& geometry, const QByteArray& state) {
    QSettings settings;
    settings.setValue(key("window/geometry"), geometry);
    settings.setValue(key("window/state"), state);
}

Theme Settings::theme() const {
    const int value = QSettings().value(key("window/theme"), 0).toInt();
    return value == 1 ? Theme::Light : value == 2 ? Theme::Dark : Theme::System;
}

void Settings::setTheme(Theme theme) {
    QSettings().setValue(key("window/theme"), static_cast<int>(theme));
}

QString Settings::datasetFolder() const {
    return QSettings().value(key("files/datasetFolder")).toString();
}

void Settings::setDatasetFolder(const QString& folder) {
    QSettings().setValue(key("files/datasetFolder"), folder);
}

QString Settings::exportFolder() const {
    const QString folder = QSettings().value(key("files/exportFolder")).toString();
    return QDir(folder).exists() && !folder.isEmpty()
               ? folder
               : QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
}

void Settings::setExportFolder(const QString& folder) {
    QSettings().setValue(key("files/exportFolder"), folder);
}

}  // namespace mantissa::app
