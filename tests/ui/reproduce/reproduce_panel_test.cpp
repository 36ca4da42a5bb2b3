// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reproduce/reproduce_panel.h"

#include <QComboBox>
#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include "core/systems/catalogue.h"
#include "core/systems/read_system.h"
#include "ui/common/error_label.h"
#include "ui/common/table_copy.h"
#include "ui/reproduce/dataflow_view.h"

namespace {

using namespace mantissa;
using namespace mantissa::ui;

constexpr std::string_view kSystem = R"({
  "schema": 1, "id": "small", "title": "Small numbers", "paper": "A. Author, 2020",
  "known": "The abstract.",
  "what": ["Weights are narrow.", "Sums are wide.", "That is all."],
  "dataflow": {
    "nodes": [{"id": "w", "label": "Weights", "kind": "memory", "column": 0, "row": 0},
              {"id": "g", "label": "GEMM", "kind": "operation", "column": 1, "row": 0}],
    "edges": [{"from": "w", "to": "g", "format": "FP8"}]},
  "presets": [
    {"id": "narrow", "title": "narrow", "note": "Weights in FP8.",
     "precision": {"network": {"weight": {"format": "fp8_e4m3"}}}},
    {"id": "short", "title": "short", "note": "One epoch.", "recipe": {"epochs": 1}}],
  "claims": [
    {"id": "area", "text": "Takes a quarter", "value": 4, "unit": "×", "source": "Table 1",
     "confidence": "abstract", "why": "Not modelled."},
    {"id": "accuracy", "text": "Learns as well", "source": "Abstract",
     "confidence": "abstract", "why": "Not modelled."}]})";

SystemList someSystems() {
    auto first = systems::systemFromJson(kSystem);
    if (!first) {
        qFatal("%s", first.error().text().c_str());
    }
    auto second = *first;
    second.title = "Other numbers";
    return std::make_shared<const std::vector<systems::System>>(
        std::vector<systems::System>{*std::move(first), std::move(second)});
}

class ReproducePanelTest : public QObject {
    Q_OBJECT

private slots:
    void init() {
        m_panel = std::make_unique<ReproducePanel>();
        m_panel->setSystems(someSystems(), design::DesignPoint(), QStringLiteral("3 epochs"));
    }

    void showsWhatASystemIs() {
        QCOMPARE(list()->count(), 2);
        QCOMPARE(m_panel->current(), 0);
        QVERIFY(text("paper").contains(QStringLiteral("A. Author, 2020")));
        QVERIFY(text("paper").contains(QStringLiteral("The abstract.")));
        QCOMPARE(text("what"), QStringLiteral("Weights are narrow. Sums are wide. That is all."));
        const auto* drawing = m_panel->findChild<DataflowView*>();
        QVERIFY(drawing->accessibleName().contains(QStringLiteral("Small numbers")));
        QVERIFY(drawing->heightForWidth(300) > 0);
        QVERIFY(drawing->heightForWidth(300) > drawing->heightForWidth(150));
    }

    void showsWhatAPresetSetsAndOpensIt() {
        auto* preset = m_panel->findChild<QComboBox*>(QStringLiteral("preset"));
        QCOMPARE(preset->count(), 2);
        QVERIFY(table("changes").contains(QStringLiteral("e4m3")));
        preset->setCurrentIndex(1);
        QCOMPARE(text("note"), QStringLiteral("One epoch."));
        const QString changes = table("changes");
        QVERIFY2(changes.contains(QStringLiteral("\t3\t1\n")), qPrintable(changes));
        QVERIFY(!changes.contains(QStringLiteral("e4m3")));
        design::DesignPoint opened;
        connect(m_panel.get(), &ReproducePanel::openRequested,
                [&](const design::DesignPoint& design) { opened = design; });
        m_panel->findChild<QPushButton*>(QStringLiteral("openPreset"))->click();
        QCOMPARE(opened.recipe().epochs, 1);
        QCOMPARE(opened.name(), std::string("Small numbers: short"));
    }

    void holdsWhatIsObtainedAgainstTheClaim() {
        QVERIFY(table("claims").contains(QStringLiteral("Takes a quarter\t4\t–\t")));
        m_panel->setOutcomes(0, {{"area",
                                  {ClaimOutcome::Kind::Agrees, QStringLiteral("4.1 ×"),
                                   QStringLiteral("agrees within 2.5 %")}},
                                 {"accuracy",
                                  {ClaimOutcome::Kind::Differs, QStringLiteral("-3 points"),
                                   QStringLiteral("differs")}}});
        const QString claims = table("claims");
        QVERIFY2(claims.contains(QStringLiteral("4.1 ×\t✓ agrees within 2.5 %\tTable 1")),
                 qPrintable(claims));
        QVERIFY(claims.contains(QStringLiteral("-3 points\t≠ differs")));
        QVERIFY(claims.contains(QStringLiteral("(abstract-level claim)")));
        QVERIFY(text("claimSummary").contains(QStringLiteral("2 rows: 1 agree, 1 differ")));
    }

    void keepsOutcomesOfOtherSystemsAway() {
        m_panel->setOutcomes(
            1, {{"area",
                 {ClaimOutcome::Kind::Agrees, QStringLiteral("4.1 ×"), QStringLiteral("agrees")}}});
        QVERIFY(!table("claims").contains(QStringLiteral("4.1")));
        list()->setCurrentRow(1);
        QVERIFY(!table("claims").contains(QStringLiteral("4.1")));
    }

    void asksForASystemOnceItsPageIsSeen() {
        const QSignalSpy shown(m_panel.get(), &ReproducePanel::shown);
        list()->setCurrentRow(1);
        QCOMPARE(shown.count(), 0);
        m_panel->show();
        QCOMPARE(shown.count(), 1);
        QCOMPARE(shown.last().front().toInt(), 1);
        list()->setCurrentRow(0);
        QCOMPARE(shown.last().front().toInt(), 0);
    }

    void reproducesAndCancels() {
        const QSignalSpy asked(m_panel.get(), &ReproducePanel::reproduceRequested);
        const QSignalSpy cancelled(m_panel.get(), &ReproducePanel::cancelRequested);
        auto* reproduce = m_panel->findChild<QPushButton*>(QStringLiteral("reproduce"));
        auto* cancel = m_panel->findChild<QPushButton*>(QStringLiteral("cancelReproduction"));
        QVERIFY(reproduce->toolTip().contains(QStringLiteral("3 epochs")));
        list()->setCurrentRow(1);
        reproduce->click();
        QCOMPARE(asked.last().front().toInt(), 1);
        m_panel->setBusy(true);
        QVERIFY(!reproduce->isEnabled());
        m_panel->setProgress(QStringLiteral("small narrow"), 1, 4, QStringLiteral("1 min left"));
        QCOMPARE(m_panel->findChild<QProgressBar*>()->value(), 250);
        cancel->click();
        QCOMPARE(cancelled.count(), 1);
        m_panel->setBusy(false);
        QVERIFY(!cancel->isEnabled());
    }

    void tellsAProblemInPlace() {
        m_panel->setProblem(Error{ErrorCode::NotFound, "no images", "fashion-mnist", "get them"});
        QVERIFY(m_panel->findChild<ErrorLabel*>()->text().contains(QStringLiteral("no images")));
    }

    void rowsAreAsHighAsTheirSentences() {
        auto* claims = m_panel->findChild<QTableView*>(QStringLiteral("claims"));
        m_panel->resize(1400, 600);
        m_panel->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_panel.get()));
        const int wide = claims->rowHeight(0);
        m_panel->resize(500, 600);
        QTRY_VERIFY(claims->rowHeight(0) > wide);
        QTRY_COMPARE(claims->height(), claims->sizeHint().height());
    }

private:
    QListWidget* list() const { return m_panel->findChild<QListWidget*>(); }
    QString text(const char* name) const {
        return m_panel->findChild<QLabel*>(QString::fromLatin1(name))->text();
    }
    QString table(const char* name) const {
        return tableTsv(*m_panel->findChild<QTableView*>(QString::fromLatin1(name)));
    }

    std::unique_ptr<ReproducePanel> m_panel;
};

}  // namespace

QTEST_MAIN(ReproducePanelTest)
#include "reproduce_panel_test.moc"
