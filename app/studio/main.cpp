// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa: the window.
#include <QApplication>
#include <QCommandLineParser>
#include <QMessageBox>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

#include "mantissa_version.h"

#include "app/engine/database_path.h"
#include "app/studio/main_window.h"
#include "app/studio/settings.h"
#include "app/studio/theme.h"

namespace {

using namespace mantissa;

struct Arguments {
    QString design;
    app::StudioOptions options;
};

Arguments parseArguments(const QApplication& application) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QApplication::tr("Explorer for low-precision DNN training hardware."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption database(QStringLiteral("db"),
                                      QApplication::tr("Database file of design points."),
                                      QStringLiteral("file"));
    const QCommandLineOption data(QStringLiteral("dataset-folder"),
                                  QApplication::tr("Folder of the Fashion-MNIST files."),
                                  QStringLiteral("folder"));
    parser.addOptions({database, data});
    parser.addPositionalArgument(QStringLiteral("design"),
                                 QApplication::tr("Design file (JSON) to open."),
                                 QStringLiteral("[design]"));
    parser.process(application);
    Arguments arguments;
    arguments.design = parser.positionalArguments().value(0);
    if (parser.isSet(database)) {
        arguments.options.databaseFile = parser.value(database).toStdString();
    }
    arguments.options.datasetFolder =
        (parser.isSet(data) ? parser.value(data) : app::Settings().datasetFolder()).toStdString();
    arguments.options.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return arguments;
}

Result<store::Store> openDatabase(std::filesystem::path& file) {
    if (file.empty()) {
        const auto usual = app::defaultDatabasePath();
        if (!usual) {
            return tl::unexpected(usual.error());
        }
        file = *usual;
    }
    return app::makeParentFolder(file).and_then(
        [&] { return store::Store::open(file, store::Access::ReadWrite); });
}

}  // namespace

int main(int argc, char** argv) {
    const QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("mantissa"));
    QApplication::setApplicationName(QStringLiteral("mantissa"));
    QApplication::setApplicationVersion(QString::fromLatin1(kVersion));
    Arguments arguments = parseArguments(application);
    app::applyTheme(app::Settings().theme());

    std::shared_ptr<store::Store> database;
    auto opened = openDatabase(arguments.options.databaseFile);
    if (opened) {
        database = std::make_shared<store::Store>(std::move(*opened));
    } else {
        QMessageBox::warning(nullptr, QApplication::tr("Results will not be kept"),
                             QString::fromStdString(opened.error().text()));
    }
    app::MainWindow window(database, arguments.options);
    window.show();
    if (arguments.design.isEmpty() || !window.openFile(arguments.design)) {
        window.openExample();
    }
    return QApplication::exec();
}
