// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/document.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

namespace mantissa::app {

class DocumentTest : public QObject {
    Q_OBJECT

private slots:
    void oneDragIsOneStep();
    void twoDragsAreTwoSteps();
    void editsOfTwoParametersDoNotMerge();
    void aDragBackToItsStartLeavesNothing();
    void undoReturnsToTheValueBeforeTheDrag();
    void theHistorySurvivesSaving();
    void savingAndReopeningGivesTheSameDesign();
    void aBrokenFileLeavesTheDesignAsItWas();
    void theBaselineQuantisesNothing();

private:
    static void setLanes(Document& document, int lanes, quint64 gesture,
                         const QString& parameter = QStringLiteral("/hardware/lanes")) {
        auto hardware = document.design().hardware();
        hardware.lanes = lanes;
        document.apply({document.design().withHardware(hardware),
                        QStringLiteral("Set lanes to %1").arg(lanes), parameter, gesture});
    }
};

void DocumentTest::oneDragIsOneStep() {
    Document document;
    QSignalSpy changed(&document, &Document::designChanged);
    for (const int lanes : {17, 18, 19, 20}) {
        setLanes(document, lanes, 7);
    }
    QCOMPARE(changed.count(), 4);
    QCOMPARE(document.undoStack()->count(), 1);
    QCOMPARE(document.undoStack()->undoText(), QStringLiteral("Set lanes to 20"));
}

void DocumentTest::twoDragsAreTwoSteps() {
    Document document;
    setLanes(document, 17, 7);
    setLanes(document, 18, 8);
    QCOMPARE(document.undoStack()->count(), 2);
}

void DocumentTest::editsOfTwoParametersDoNotMerge() {
    Document document;
    setLanes(document, 17, 7);
    setLanes(document, 18, 7, QStringLiteral("/hardware/rows"));
    QCOMPARE(document.undoStack()->count(), 2);
}

void DocumentTest::aDragBackToItsStartLeavesNothing() {
    Document document;
    const int start = document.design().hardware().lanes;
    setLanes(document, start + 1, 7);
    setLanes(document, start, 7);
    QCOMPARE(document.undoStack()->count(), 0);
    QVERIFY(!document.isModified());
}

void DocumentTest::undoReturnsToTheValueBeforeTheDrag() {
    Document document;
    const int start = document.design().hardware().lanes;
    setLanes(document, start + 1, 7);
    setLanes(document, start + 5, 7);
    document.undoStack()->undo();
    QCOMPARE(document.design().hardware().lanes, start);
    document.undoStack()->redo();
    QCOMPARE(document.design().hardware().lanes, start + 5);
}

void DocumentTest::theHistorySurvivesSaving() {
    const QTemporaryDir folder;
    Document document;
    setLanes(document, 20, 1);
    QVERIFY(document.isModified());
    QVERIFY(document.saveFile(folder.filePath(QStringLiteral("d.json"))).has_value());
    QVERIFY(!document.isModified());
    document.undoStack()->undo();
    QVERIFY(document.isModified());
}

void DocumentTest::savingAndReopeningGivesTheSameDesign() {
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("d.json"));
    Document document;
    setLanes(document, 20, 1);
    QVERIFY(document.saveFile(file).has_value());
    Document other;
    QVERIFY(other.openFile(file).has_value());
    QVERIFY(other.design() == document.design());
    QCOMPARE(other.file(), file);
}

void DocumentTest::aBrokenFileLeavesTheDesignAsItWas() {
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("broken.json"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"schema\": 1, \"network\": ");
    file.close();
    Document document;
    setLanes(document, 20, 1);
    const auto before = document.design();
    const auto opened = document.openFile(path);
    QVERIFY(!opened.has_value());
    QVERIFY(opened.error().where.find("broken.json") != std::string::npos);
    QVERIFY(document.design() == before);
    QCOMPARE(document.undoStack()->count(), 1);
}

void DocumentTest::theBaselineQuantisesNothing() {
    Document document;
    design::PrecisionPlan plan;
    plan.network[{design::Role::Weight, std::nullopt}] = {numerics::BlockFloat{}, {}};
    document.apply({document.design().withPrecision(plan), {}, {}, 1});
    for (const auto& layer :
         design::resolvePrecision(document.baseline().precision(), document.baseline().network())) {
        QVERIFY(layer == nn::LayerPrecision{});
    }
    QVERIFY(document.baseline().recipe() == document.design().recipe());
    QVERIFY(document.baseline().hardware() == document.design().hardware());
}

}  // namespace mantissa::app

QTEST_GUILESS_MAIN(mantissa::app::DocumentTest)
#include "document_test.moc"
