// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/hardware_service.h"

#include <QSignalSpy>
#include <QTest>

namespace mantissa::app {
namespace {

design::DesignPoint withRows(int rows) {
    auto hardware = design::DesignPoint().hardware();
    hardware.rows = rows;
    return design::DesignPoint().withHardware(hardware);
}

}  // namespace

class HardwareServiceTest : public QObject {
    Q_OBJECT

private slots:
    void answersUnderBothCalibrations() {
        HardwareService service;
        QSignalSpy spy(&service, &HardwareService::ready);
        service.request(withRows(8), withRows(32));
        QTRY_COMPARE_WITH_TIMEOUT(spy.count(), 1, 10000);
        const auto figures = spy[0][0].value<ui::HardwareFigures>();
        QCOMPARE(figures.design->synthesis.area_um2, hw::estimate(withRows(8))->area_um2);
        QCOMPARE(figures.baseline->synthesis.area_um2, hw::estimate(withRows(32))->area_um2);
        QVERIFY(figures.design->horowitz.area_um2 != figures.design->synthesis.area_um2);
        QCOMPARE(spy[0][1].toString(), QString::fromStdString(design::designHash(withRows(8))));
    }

    void aDesignThatIsItsOwnBaselineSharesItsEstimates() {
        HardwareService service;
        QSignalSpy spy(&service, &HardwareService::ready);
        service.request(withRows(8), withRows(8));
        QTRY_COMPARE_WITH_TIMEOUT(spy.count(), 1, 10000);
        const auto figures = spy[0][0].value<ui::HardwareFigures>();
        QVERIFY(figures.design == figures.baseline);
    }

    void ofADragTheLastDesignIsAnsweredLast() {
        HardwareService service;
        QSignalSpy spy(&service, &HardwareService::ready);
        for (int rows = 1; rows <= 64; ++rows) {
            service.request(withRows(rows), withRows(16));
        }
        const auto last = QString::fromStdString(design::designHash(withRows(64)));
        QTRY_VERIFY_WITH_TIMEOUT(!spy.isEmpty() && spy.last()[1].toString() == last, 10000);
    }

    void saysWhyADesignCannotBeEstimated() {
        HardwareService service;
        QSignalSpy spy(&service, &HardwareService::failed);
        service.request(withRows(0), withRows(16));
        QTRY_COMPARE_WITH_TIMEOUT(spy.count(), 1, 10000);
        QVERIFY(spy[0][0].value<Error>().text().find("rows") != std::string::npos);
    }

    void pricesWithTheChosenCells() {
        HardwareService service;
        QSignalSpy spy(&service, &HardwareService::ready);
        service.request(withRows(8), withRows(8));
        service.setLibrary(hw::findLibrary("asap7").value());
        QTRY_COMPARE_WITH_TIMEOUT(spy.count(), 1, 10000);
        service.request(withRows(8), withRows(8));
        QTRY_COMPARE_WITH_TIMEOUT(spy.count(), 2, 10000);
        const auto area = [&](int answer) {
            return spy[answer][0].value<ui::HardwareFigures>().design->synthesis.area_um2;
        };
        QVERIFY(area(1) < area(0));
    }
};

}  // namespace mantissa::app

QTEST_GUILESS_MAIN(mantissa::app::HardwareServiceTest)
#include "hardware_service_test.moc"
