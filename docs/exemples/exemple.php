<?php
// Un monde, une feuille par la fabrique, sa lecture, l'horloge. PHP 8 : php exemple.php
$ici = getenv('FSE_SIMULATOR');
$jeton = getenv('FSE_BENCH_TOKEN');

function appel(string $methode, string $adresse, string $porteur, ?array $corps = null): ?array
{
    global $ici;
    $entetes = ["Authorization: Bearer $porteur", 'User-Agent: Exemple/1.0 Editeur/exemple', 'FSE-Version: 2026-01-01'];
    $http = ['method' => $methode, 'ignore_errors' => true];
    if ($corps !== null) {
        $entetes[] = 'Content-Type: application/json';
        $http['content'] = json_encode($corps);
    }
    $http['header'] = $entetes;
    $flux = fopen($ici . $adresse, 'r', false, stream_context_create(['http' => $http]));
    if ($flux === false) {
        throw new RuntimeException("pas de réponse de $ici");
    }
    $statut = stream_get_meta_data($flux)['wrapper_data'][0];
    $reponse = stream_get_contents($flux);
    if (!preg_match('{^HTTP/\S+ 2}', $statut)) {
        throw new RuntimeException("$statut $reponse");
    }
    return $reponse === '' ? null : json_decode($reponse, true);
}

function banc(string $methode, string $adresse, ?array $corps = null): ?array
{
    global $jeton;
    return appel($methode, "/bench/v1$adresse", $jeton, $corps);
}

$monde = banc('POST', '/worlds', ['now' => '2026-11-23T09:00:00Z'])['id'];
$feuille = banc('POST', "/worlds/$monde/sheets", ['state' => 'held']);
$lue = appel('GET', "/w/$monde/v1/care-sheets/{$feuille['number']}", $feuille['tokens']['prescriber']);
echo "feuille {$lue['status']}\n";
echo 'heure ' . banc('POST', "/worlds/$monde/clock/advance", ['seconds' => 3600])['now'] . "\n";
banc('DELETE', "/worlds/$monde");
